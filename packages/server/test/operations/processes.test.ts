import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request as openRequest } from 'node:http';
import { afterEach, test } from 'node:test';
import { eachDatabaseUri } from '#/testing/databases.ts';
import { eventually } from '#/testing/eventually.ts';
import { type Connection, childrenOf, openConnection, readMetric } from '#/testing/process-fixture.ts';
import { createPushClient } from '#/testing/push-client.ts';
import { makePushBlob } from '#/testing/push-image.ts';
import { initializeServer, type ServerProcess, startServer } from '#/testing/server-process.ts';

const processes = 2;

eachDatabaseUri('two processes of a node', (create) => {
  const servers: ServerProcess[] = [];
  const connections: Connection[] = [];

  async function start(dataDirectory?: string, uri?: string): Promise<ServerProcess> {
    const server = await startServer({
      configuration: { DB_URI: uri ?? (await create()) },
      env: { WORKER_COUNT_REGISTRY: String(processes) },
      ...(dataDirectory === undefined ? {} : { dataDirectory }),
    });
    servers.push(server);
    return server;
  }

  /** Connections that are handed to the processes in turn. */
  function connect(server: ServerProcess): Connection[] {
    const opened = Array.from({ length: processes }, () => openConnection(server));
    connections.push(...opened);
    return opened;
  }

  afterEach(async () => {
    for (const connection of connections.splice(0)) connection.close();
    await Promise.all(servers.splice(0).map((server) => server.dispose()));
  });

  test('a stop lets an upload finish, says so in health, and loses nothing', async () => {
    const uri = await create();
    const server = await start(undefined, uri);
    await initializeServer(server);
    const client = createPushClient({ server, repository: 'admin/app' });
    const blob = makePushBlob(Buffer.alloc(300_000, 'a'));
    const path = await client.startUpload(blob);
    const patch = openRequest(`${server.url}${path}`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${await client.token()}`, 'transfer-encoding': 'chunked' },
    });
    patch.write(blob.bytes.subarray(0, 100_000));
    await eventually('the upload is being received', 5_000, async () => {
      return (await readMetric(server, 'wharf_uploads_receiving')) === 1;
    });

    const stopped = server.stop();
    await eventually('health says that the process stops', 4_000, async () => {
      const [connection] = connect(server);
      const answer = await connection?.call('GET', '/health/instance');
      if (answer?.status === 200) return false;
      assert.equal(answer?.headers.connection, 'close');
      return answer?.status === 503;
    });
    const answered = once(patch, 'response');
    patch.end(blob.bytes.subarray(100_000));
    const [response] = await answered;
    assert.equal(response.statusCode, 202);
    response.resume();
    client.close();
    await stopped;

    const next = await start(server.dataDirectory, uri);
    const later = createPushClient({ server: next, repository: 'admin/app' });
    await later.commitUpload(path, blob);
    assert.deepEqual(await later.pullBlob(blob.digest), blob.bytes);
    later.close();
  });

  // The whole grace period: in the long form only.
  if (process.env.WHARF_TEST_LONG === '1') {
    test('an upload that does not end is cut within the grace period and goes on after the next start', async () => {
      const uri = await create();
      const server = await start(undefined, uri);
      await initializeServer(server);
      const client = createPushClient({ server, repository: 'admin/app' });
      const blob = makePushBlob(Buffer.alloc(300_000, 'a'));
      const path = await client.startUpload(blob);
      const patch = openRequest(`${server.url}${path}`, {
        method: 'PATCH',
        headers: { authorization: `Bearer ${await client.token()}`, 'transfer-encoding': 'chunked' },
      });
      const broken = once(patch, 'error');
      patch.write(blob.bytes.subarray(0, 100_000));
      await eventually('the upload is being received', 5_000, async () => {
        return (await readMetric(server, 'wharf_uploads_receiving')) === 1;
      });
      const stoppedAt = performance.now();
      await server.stop();
      assert.ok(performance.now() - stoppedAt < 30_000);
      await broken;
      client.close();

      const next = await start(server.dataDirectory, uri);
      const later = createPushClient({ server: next, repository: 'admin/app' });
      assert.equal((await later.expect(204, 'GET', path)).headers.range, '0-99999');
      await later.sendChunk(path, blob.bytes.subarray(100_000), 100_000);
      await later.commitUpload(path, blob);
      assert.deepEqual(await later.pullBlob(blob.digest), blob.bytes);
      later.close();
    });
  }
});

// What follows knows nothing of the kind of database.
test('metrics are those of all processes, also of one that died and was replaced; they end with the first one', async (t) => {
  const server = await startServer({ env: { WORKER_COUNT_REGISTRY: String(processes) } });
  t.after(() => server.dispose());
  const opened: Connection[] = [];
  t.after(() => {
    for (const connection of opened) connection.close();
  });
  const connect = (): Connection[] => {
    const connections = Array.from({ length: processes }, () => openConnection(server));
    opened.push(...connections);
    return connections;
  };
  assert.equal(childrenOf(server).length, processes);
  const [one, two] = connect();
  for (let index = 0; index < 10; index += 1) {
    for (const connection of [one, two]) {
      assert.equal((await connection?.call('GET', '/health/instance'))?.status, 200);
    }
  }
  const count = (): Promise<number> =>
    readMetric(server, 'quay_response_code', 'endpoint="healthInstance"', 'code="200"');
  assert.equal(await count(), 20);
  assert.equal(await readMetric(server, 'wharf_processes'), processes);
  assert.equal(await readMetric(server, 'quay_response_time_count', 'endpoint="healthInstance"'), 20);
  assert.equal(await readMetric(server, 'wharf_build_info'), 1);

  const [victim = 0] = childrenOf(server);
  process.kill(victim, 'SIGKILL');
  await eventually('the number of processes is restored', 15_000, async () => {
    return (
      (await readMetric(server, 'wharf_processes')) === processes && !childrenOf(server).includes(victim)
    );
  });
  assert.equal(await count(), 20, 'what the dead process counted stays');
  assert.equal(await readMetric(server, 'wharf_process_deaths_total'), 1);
  for (const connection of connect()) {
    assert.equal((await connection.call('GET', '/health/instance')).status, 200);
  }

  // However it ends.
  const children = childrenOf(server);
  assert.equal(children.length, processes);
  await server.kill();
  await eventually('they are gone', 30_000, async () => children.every((pid) => !isAlive(pid)));
});

test('a port in use stops the start with one message', async () => {
  const server = await startServer();
  try {
    await assert.rejects(
      startServer({ port: server.port, env: { WORKER_COUNT: '2' } }),
      (error: Error) => error.message.split('is in use by another program').length === 2,
    );
  } finally {
    await server.dispose();
  }
});

/** An orphan that ended stays in the table of processes until somebody collects it. */
function isAlive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2));
  } catch {
    return false;
  }
}
