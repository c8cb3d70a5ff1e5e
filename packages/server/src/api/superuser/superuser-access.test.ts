import assert from 'node:assert/strict';
import { test } from 'node:test';
import { superuserRoutes } from '#/api/superuser/routes.ts';
import { measureRegistrySize } from '#/domain/blobs/index.ts';
import { createOrganization } from '#/domain/namespaces/index.ts';
import { openApi } from '#/testing/api-fixture.ts';

const configuration = {
  FEATURE_SUPERUSER_CONFIGDUMP: true,
  FEATURE_SUPERUSERS_FULL_ACCESS: true,
  GLOBAL_READONLY_SUPER_USERS: ['reader'],
  FEATURE_MAILING: true,
  MAIL_SERVER: '127.0.0.1',
  SERVER_HOSTNAME: 'registry.example.com',
};

/** A call of each operation that finds what it names, or lacks only what nobody without rights may learn. */
const bodies: Readonly<Record<string, unknown>> = {
  createInstallUser: { username: 'new', email: 'new@example.com' },
  changeInstallUser: { enabled: true },
  changeOrganization: {},
  createServiceKey: { service: 'scanner', expiration: null },
  updateServiceKey: { name: 'other' },
};

function pathOf(path: string): string {
  return path
    .replace(/:(username|namespace)/, 'hugo')
    .replace(':name', 'acme')
    .replace(':kid', 'no-such-key');
}

test('superusers pass, readers for reads, everybody else is refused', async (t) => {
  const api = await openApi(t, { configuration });
  await api.createPerson('root', { email: 'root@example.com', superuser: true });
  await api.createPerson('reader', { email: 'reader@example.com' });
  const hugo = await api.createPerson('hugo', { email: 'hugo@example.com' });
  await createOrganization(api.services, { name: 'acme', ownerId: hugo.id });
  const small = await api.tokenOf('root', ['user:admin', 'org:admin', 'repo:admin']);
  const ofReader = await api.tokenOf('reader', ['repo:read']);
  for (const { operationId, method, facts, access } of superuserRoutes) {
    const path = pathOf(facts.path);
    const body = bodies[operationId];
    const status = async (call: object): Promise<number> =>
      (await api.call(method, path, { body, ...call })).status;
    assert.equal(await status({}), 401, `${operationId} by nobody`);
    assert.equal(await status({ as: 'hugo' }), 403, `${operationId} by a person`);
    assert.equal(await status({ bearer: small }), 403, `${operationId} without super:user`);
    assert.equal(await status({ bearer: ofReader }), 403, `${operationId} by a reader without super:user`);
    const reads = await status({ as: 'reader' });
    if (method === 'GET' && access.name !== 'superuser-session')
      assert.ok([200, 404].includes(reads), `${operationId} by a reader: ${reads}`);
    else assert.equal(reads, 403, `${operationId} by a reader`);
  }
  const full = await api.tokenOf('root', ['super:user']);
  for (const { operationId, method, facts, access } of superuserRoutes) {
    if (method !== 'GET') continue;
    const { status, text } = await api.call(method, pathOf(facts.path), { bearer: full });
    if (access.name === 'superuser-session') assert.equal(status, 403, `${operationId} by a token`);
    else assert.ok([200, 404].includes(status), `${operationId}: ${status} ${text}`);
  }
  assert.equal((await api.call('GET', '/superuser/users/', { as: 'root' })).status, 200);
  api.clock.advanceMs(11 * 60_000);
  for (const { operationId, method, facts } of superuserRoutes) {
    if (!facts.freshLogin) continue;
    const answer = await api.call(method, pathOf(facts.path), { as: 'root', body: bodies[operationId] });
    assert.deepEqual([answer.status, answer.json.error_type], [401, 'fresh_login_required'], operationId);
  }
});

test('without FEATURE_SUPER_USERS and on the hosted service nothing of it is there', async (t) => {
  for (const [more, except] of [
    [{ FEATURE_SUPER_USERS: false }, []],
    [{ SERVER_HOSTNAME: 'quay.io' }, ['listAllAppTokens', 'getRunningConfiguration']],
  ] as const) {
    const api = await openApi(t, { configuration: { ...configuration, ...more } });
    await api.createPerson('root', { email: 'root@example.com', superuser: true });
    for (const { operationId, method, facts } of superuserRoutes) {
      if ((except as readonly string[]).includes(operationId)) continue;
      const answer = await api.call(method, pathOf(facts.path), { as: 'root', body: bodies[operationId] });
      assert.equal(answer.status, 404, operationId);
    }
  }
});

test('the size is measured on request, the change log and capabilities are shown', async (t) => {
  const api = await openApi(t);
  await api.createPerson('root', { superuser: true });
  const size = (method: string) => api.call(method, '/superuser/registrysize/', { as: 'root' });
  const never = { size_bytes: 0, last_ran: null, queued: false, running: false };
  assert.deepEqual((await size('GET')).json, never);
  const [first, second] = [await size('POST'), await size('POST')];
  assert.deepEqual([first.status, first.text, second.status, second.text], [201, '', 202, '']);
  assert.deepEqual((await size('GET')).json, { ...never, queued: true });
  await measureRegistrySize(api.services);
  const measured = (await size('GET')).json;
  assert.deepEqual([measured.last_ran, measured.queued], [api.clock.nowMs(), false]);
  const log = await api.call('GET', '/superuser/changelog/', { as: 'root' });
  assert.deepEqual(Object.keys(log.json), ['log']);
  assert.match(log.json.log, /^# Changelog/);
  const architectures = ['amd64', 'arm64', 'ppc64le', 's390x'];
  for (const supported of [false, true]) {
    const other = await openApi(t, {
      configuration: { FEATURE_SPARSE_INDEX: supported, FEATURE_ANONYMOUS_ACCESS: false },
    });
    assert.deepEqual((await other.call('GET', '/registry/capabilities')).json, {
      sparse_manifests: {
        supported,
        required_architectures: [],
        optional_architectures_allowed: supported,
      },
      mirror_architectures: architectures,
    });
  }
  const bearer = await api.tokenOf('root', ['super:user']);
  assert.equal((await api.call('GET', '/superuser/config', { bearer })).status, 403);
  // A browser gets the keys of the file, for the set-up panel.
  const stored = await api.call('GET', '/superuser/config', { as: 'root' });
  assert.deepEqual(Object.keys(stored.json), ['config']);
  assert.equal(stored.json.config.DATABASE_SECRET_KEY, '***');
});
