import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { eachDatabaseUri } from '#/testing/databases.ts';
import { eventually } from '#/testing/eventually.ts';
import { openConnection, readMetric } from '#/testing/process-fixture.ts';
import { createPushClient } from '#/testing/push-client.ts';
import { makePushImage } from '#/testing/push-image.ts';
import { initializeServer, type ServerProcess, startServer } from '#/testing/server-process.ts';
import { startTcpRelay } from '#/testing/tcp-relay.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function start(configuration: Readonly<Record<string, unknown>>): Promise<ServerProcess> {
  const server = await startServer({ configuration });
  cleanups.push(() => server.dispose());
  return server;
}

eachDatabaseUri('a database out of reach', (create, dialect) => {
  if (dialect === 'sqlite') return;

  test('fails the instance quickly, answers 503 elsewhere, and heals by itself', async () => {
    const uri = new URL(await create());
    const relay = await startTcpRelay(Number(uri.port));
    cleanups.push(() => relay.close());
    uri.port = String(relay.port);
    const server = await start({ DB_URI: uri.href });
    await initializeServer(server);
    const client = createPushClient({ server, repository: 'admin/app' });
    cleanups.push(() => client.close());
    await client.pushImage(makePushImage([], 'before'), 'latest', 'docker');
    assert.equal((await fetch(`${server.url}/health/instance`)).status, 200);

    relay.freeze();
    await eventually('the instance fails', 6_000, async () => {
      const startedAt = performance.now();
      const answer = await fetch(`${server.url}/health/instance`);
      assert.ok(performance.now() - startedAt < 3_500, 'a monitor gets its answer in time');
      if (answer.status === 200) return false;
      const body = (await answer.json()) as { data: Record<string, unknown>; status_code: number };
      assert.deepEqual(Object.keys(body.data).sort(), ['is_testing', 'services']);
      assert.equal((body.data.services as Record<string, boolean>).database, false);
      return answer.status === 503;
    });
    const refused = await client.call('GET', 'manifests/latest');
    assert.equal(refused.status, 503);
    assert.ok(Number(refused.headers['retry-after']) > 0);
    assert.ok((await readMetric(server, 'wharf_database_unavailable_total')) >= 1);

    relay.thaw();
    await eventually('the instance is healthy again', 15_000, async () => {
      return (await fetch(`${server.url}/health/instance`)).status === 200;
    });
    assert.equal((await client.call('GET', 'manifests/latest')).status, 200);
  });
});

test('a request has an id that nobody outside chooses, and the log has a line without secrets', async () => {
  const server = await start({});
  await initializeServer(server);
  const connection = openConnection(server);
  cleanups.push(() => connection.close());
  const secret = 'c2VjcmV0LXNlY3JldA';
  const answer = await connection.call('GET', `/v2/admin/app/tags/list?token=${secret}`, {
    authorization: `Bearer ${secret}`,
    'x-request-id': 'given-by-a-proxy',
  });
  const id = String(answer.headers['x-request-id']);
  assert.match(id, /^[0-9a-f-]{36}$/);
  const line = await eventually('the line of the request', 5_000, async () =>
    server
      .output()
      .split('\n')
      .find((text) => text.includes(id)),
  );
  const entry = JSON.parse(line) as Record<string, unknown>;
  assert.deepEqual(
    [entry.operation, entry.path, entry.status, entry.ip, entry.forwardedRequestId],
    ['listTags', '/v2/admin/app/tags/list', 401, '127.0.0.1', 'given-by-a-proxy'],
  );
  assert.ok(!server.output().includes(secret));
});
