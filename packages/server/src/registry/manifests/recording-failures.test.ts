import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listActionLogs } from '#/domain/logs/index.ts';
import { createRepository } from '#/domain/repositories/index.ts';
import { openApi, personPassword } from '#/testing/api-fixture.ts';
import { createPushClient } from '#/testing/push-client.ts';

const digest = `sha256:${'0'.repeat(64)}`;

/** Refused pulls, a push and deletions by the owner of a repository; the entries that they left, newest first. */
async function failures(t: Parameters<typeof openApi>[0], configuration: Record<string, boolean>) {
  const { services, url, createPerson } = await openApi(t, { configuration });
  const olga = await createPerson('olga');
  await createRepository(services, {
    namespaceId: olga.id,
    name: 'app',
    visibility: 'private',
    creator: undefined,
  });
  const client = createPushClient({
    server: { url, host: new URL(url).host },
    repository: 'olga/app',
    credentials: { username: 'olga', password: personPassword },
  });
  t.after(() => client.close());
  const statuses = [
    (await client.call('GET', 'manifests/missing')).status,
    (await client.call('HEAD', `manifests/${digest}`)).status,
    (await client.call('PUT', 'manifests/broken', { body: Buffer.from('{}') })).status,
    (await client.call('DELETE', 'manifests/missing')).status,
  ];
  assert.deepEqual(statuses, [404, 404, 400, 404]);
  const period = { fromMs: 0, untilMs: services.clock.nowMs() + 1 };
  const scope = { kind: 'namespace', accountId: olga.id } as const;
  const { entries } = await listActionLogs(services, { ...period, scope, limit: 20 });
  return entries.filter(({ kind }) => kind.endsWith('_failed'));
}

test('refused pulls, pushes and deletions are recorded on request', async (t) => {
  const entries = await failures(t, {
    ACTION_LOG_AUDIT_PULL_FAILURES: true,
    ACTION_LOG_AUDIT_PUSH_FAILURES: true,
    ACTION_LOG_AUDIT_DELETE_FAILURES: true,
  });
  const common = { username: 'olga', namespace: 'olga', repo: 'app' };
  const seen = entries.map(({ kind, performer, metadata: { message, ...metadata } }) => {
    assert.equal(typeof message, 'string');
    return [kind, performer?.name, metadata];
  });
  assert.deepEqual(seen, [
    ['delete_tag_failed', 'olga', { ...common, tag: 'missing' }],
    ['push_repo_failed', 'olga', { ...common, tag: 'broken' }],
    ['pull_repo_failed', 'olga', { ...common, manifest_digest: digest }],
    ['pull_repo_failed', 'olga', { ...common, tag: 'missing' }],
  ]);
});

test('and else they are not', async (t) => {
  const only = await failures(t, { ACTION_LOG_AUDIT_PUSH_FAILURES: true });
  assert.deepEqual(
    only.map(({ kind }) => kind),
    ['push_repo_failed'],
  );
  assert.deepEqual(await failures(t, {}), []);
});
