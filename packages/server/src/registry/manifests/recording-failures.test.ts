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

test('who has no right is recorded with the namespace that was aimed at; a request without a token is not', async (t) => {
  const configuration = {
    ACTION_LOG_AUDIT_PULL_FAILURES: true,
    ACTION_LOG_AUDIT_PUSH_FAILURES: true,
    ACTION_LOG_AUDIT_DELETE_FAILURES: true,
  };
  const { services, url, createPerson } = await openApi(t, { configuration });
  const olga = await createPerson('olga');
  await createPerson('mallory');
  await createRepository(services, {
    namespaceId: olga.id,
    name: 'app',
    visibility: 'private',
    creator: undefined,
  });
  const statuses: number[] = [];
  for (const repository of ['olga/app', 'olga/none', 'nobody/none']) {
    const client = createPushClient({
      server: { url, host: new URL(url).host },
      repository,
      credentials: { username: 'mallory', password: personPassword },
    });
    t.after(() => client.close());
    statuses.push((await client.call('GET', 'manifests/latest')).status);
    statuses.push((await client.call('PUT', 'manifests/latest', { body: Buffer.from('{}') })).status);
    statuses.push((await client.call('DELETE', `manifests/${digest}`)).status);
  }
  statuses.push((await fetch(`${url}/v2/olga/app/manifests/latest`)).status);
  assert.deepEqual(new Set(statuses), new Set([401]));
  const rows = await services.database.read
    .selectFrom('action_logs')
    .select(['kind', 'account_id as accountId', 'repository_id as repositoryId', 'metadata_json as metadata'])
    .where('kind', 'like', '%_failed')
    .orderBy('id')
    .execute();
  const seen = rows.map(({ kind, accountId, repositoryId, metadata }) => {
    const { username, namespace, repo, tag, manifest_digest } = JSON.parse(metadata);
    assert.deepEqual([username, tag ?? 'latest', manifest_digest ?? digest], ['mallory', 'latest', digest]);
    return [kind, namespace, repo, accountId, repositoryId !== null];
  });
  const aimedAt = [
    ['olga', 'app', olga.id, true],
    ['olga', 'none', olga.id, false],
    ['nobody', 'none', null, false],
  ];
  assert.deepEqual(
    seen,
    aimedAt.flatMap((place) => [
      ['pull_repo_failed', ...place],
      ['push_repo_failed', ...place],
      ['delete_tag_failed', ...place],
    ]),
  );
});
