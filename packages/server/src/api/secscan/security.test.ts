import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRobot, findAccountByName } from '#/domain/namespaces/index.ts';
import { setRepositoryPermission } from '#/domain/permissions/index.ts';
import { openApiContent } from '#/testing/api-content.ts';
import { personPassword } from '#/testing/api-fixture.ts';

const basic = (name: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`,
});

test('what is not scanned is queued; the credentials of the registry will do', async (t) => {
  const api = await openApiContent(t, { configuration: { FEATURE_SECURITY_SCANNER: true } });
  const { services, repository } = api;
  const { digest } = await api.pushImage('v1');
  const owner = await findAccountByName(services.database.read, 'acme');
  if (owner === undefined) throw new Error('acme is gone');
  const robot = await createRobot(services, { owner, shortName: 'pull' });
  await setRepositoryPermission(services, {
    repository,
    delegate: { kind: 'user', name: 'acme+pull' },
    role: 'read',
  });
  const urls = [
    `/repository/acme/app/manifest/${digest}/security`,
    `/repository/acme/app/image/${digest.slice('sha256:'.length)}/security?vulnerabilities=true`,
  ];
  for (const url of urls) {
    for (const [call, status] of [
      [{ as: 'carol' }, 200],
      [{ headers: basic('carol', personPassword) }, 200],
      [{ headers: basic('acme+pull', robot.token) }, 200],
      [{ headers: basic('bob', personPassword) }, 403],
      [{ headers: basic('acme+pull', 'wrong') }, 401],
      [{ as: 'bob' }, 403],
      [{}, 401],
    ] as const) {
      const answer = await api.call('GET', url, call);
      assert.equal(answer.status, status, `${url} ${JSON.stringify(call)}: ${answer.text}`);
      if (status === 200) assert.deepEqual(answer.json, { status: 'queued', data: null });
    }
  }
  const none = `/repository/acme/none/manifest/${digest}/security`;
  assert.equal((await api.call('GET', none, { headers: basic('bob', personPassword) })).status, 403);
  const unknown = `/repository/acme/app/manifest/sha256:${'0'.repeat(64)}/security`;
  assert.equal((await api.call('GET', unknown, { headers: basic('carol', personPassword) })).status, 404);
});

test('without anonymous access a public image needs credentials, and Basic ones are enough', async (t) => {
  const api = await openApiContent(t, {
    configuration: { FEATURE_SECURITY_SCANNER: true, FEATURE_ANONYMOUS_ACCESS: false },
  });
  const open = await api.makeRepository('acme/open', { visibility: 'public' });
  const { digest } = await api.pushImage('v1', { repository: open });
  const url = `/repository/acme/open/manifest/${digest}/security`;
  assert.equal((await api.call('GET', url)).status, 401);
  assert.equal((await api.call('GET', url, { headers: basic('bob', personPassword) })).status, 200);
});

test('without the scanner there is nothing', async (t) => {
  const api = await openApiContent(t);
  const { digest } = await api.pushImage('v1');
  const url = `/repository/acme/app/manifest/${digest}/security`;
  assert.equal((await api.call('GET', url, { as: 'carol' })).status, 404);
});
