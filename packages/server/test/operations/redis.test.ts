import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { Redis } from 'ioredis';
import { openServices } from '#/compose/open-services.ts';
import { createUser } from '#/domain/namespaces/index.ts';
import { removeRepositoryPermission, setRepositoryPermission } from '#/domain/permissions/index.ts';
import { findRepository } from '#/domain/repositories/index.ts';
import { eventually } from '#/testing/eventually.ts';
import { needsPrograms } from '#/testing/find-program.ts';
import { freePort } from '#/testing/free-port.ts';
import { type Connection, openConnection, readMetric } from '#/testing/process-fixture.ts';
import { createPushClient } from '#/testing/push-client.ts';
import { callHttp } from '#/testing/push-http.ts';
import { makePushImage } from '#/testing/push-image.ts';
import { type RedisServer, startRedis } from '#/testing/redis.ts';
import {
  createRepository,
  fetchRegistryToken,
  initializeServer,
  type ServerProcess,
  startServer,
} from '#/testing/server-process.ts';

/** Rights are held for 5 s without events: what is seen within this time was told. */
const atOnceMs = 2_000;

describe('events over Redis', needsPrograms('redis-server'), () => {
  const cleanups: (() => unknown)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });

  async function redis(): Promise<RedisServer> {
    const server = await startRedis();
    cleanups.push(() => server.stop());
    return server;
  }

  async function start(
    port: number,
    processes: number,
    more: Readonly<Record<string, unknown>> = {},
  ): Promise<ServerProcess> {
    const server = await startServer({
      configuration: { USER_EVENTS_REDIS: { host: '127.0.0.1', port }, ...more },
      env: { WORKER_COUNT: String(processes) },
    });
    cleanups.push(() => server.dispose());
    await initializeServer(server);
    return server;
  }

  async function open(server: ServerProcess) {
    const opened = await openServices({
      dataDirectory: server.dataDirectory,
      configDirectory: `${server.dataDirectory}/test-config`,
    });
    cleanups.push(() => opened.close());
    return opened.services;
  }

  function connect(server: ServerProcess, count: number): Connection[] {
    const connections = Array.from({ length: count }, () => openConnection(server));
    for (const connection of connections) cleanups.push(() => connection.close());
    return connections;
  }

  for (const processes of [1, 2]) {
    test(`a command's revocation reaches each of ${processes} processes at once`, async () => {
      const server = await start((await redis()).port, processes);
      await createRepository(server, 'admin', 'app');
      const services = await open(server);
      const credentials = { username: 'bobby', password: 'password1' };
      await createUser(services, { name: 'bobby', password: 'password1', email: 'bob@example.com' });
      const repository = await findRepository(services.database.read, 'admin', 'app');
      assert.ok(repository !== undefined);
      const grant = { repository, delegate: { kind: 'user', name: 'bobby' } } as const;
      await setRepositoryPermission(services, { ...grant, role: 'read' });
      const token = await fetchRegistryToken(server, credentials, 'repository:admin/app:pull');
      const connections = connect(server, processes);
      const list = async (connection: Connection): Promise<number> =>
        (await connection.call('GET', '/v2/admin/app/tags/list', { authorization: `Bearer ${token}` }))
          .status;
      for (const connection of connections) assert.equal(await list(connection), 200);

      await removeRepositoryPermission(services, grant);
      await eventually('every process refuses', atOnceMs, async () => {
        const statuses = await Promise.all(connections.map(list));
        return statuses.every((status) => status === 401 || status === 403);
      });
    });
  }

  test('while Redis is away pushes, log-in back-off, workers and health of the instance go on; later events arrive again', async () => {
    const server = await redis();
    const wharf = await start(server.port, 2, { GARBAGE_COLLECTION_FREQUENCY: 1, STAGGER_WORKERS: false });
    const [connection] = connect(wharf, 1);
    const redisIsHealthy = async (): Promise<unknown> => {
      const answer = await connection?.call('GET', '/health/endtoend');
      const { data } = JSON.parse(String(answer?.body)) as { data: { services: { redis: boolean } } };
      assert.equal(answer?.status, data.services.redis ? 200 : 503);
      return data.services.redis;
    };
    assert.equal(await redisIsHealthy(), true);

    await server.halt();
    await eventually('health says so', 10_000, async () => (await redisIsHealthy()) === false);
    assert.equal((await connection?.call('GET', '/health/instance'))?.status, 200);
    const client = createPushClient({ server: wharf, repository: 'admin/app' });
    cleanups.push(() => client.close());
    await client.pushImage(makePushImage([], 'without redis'), 'latest', 'docker');
    const runs = (result: string): Promise<number> =>
      readMetric(wharf, 'wharf_worker_runs_total', 'worker="garbage-collection"', `result="${result}"`);
    const before = await runs('success');
    await eventually('a worker takes its lease and runs', 10_000, async () => {
      return (await runs('success')) >= before + 2;
    });
    assert.equal(await runs('failure'), 0);
    const wrong = { username: 'admin', password: 'wrong' };
    const statuses = new Set<number>();
    await eventually('wrong passwords are slowed down', 10_000, async () => {
      const basic = Buffer.from(`${wrong.username}:${wrong.password}`).toString('base64');
      const answer = await callHttp(`${wharf.url}/v2/auth?service=${wharf.host}`, {
        method: 'GET',
        headers: { authorization: `Basic ${basic}` },
      });
      statuses.add(answer.status);
      return statuses.has(401) && statuses.has(429);
    });
    const away = wharf.output().match(/Redis is away/g) ?? [];
    assert.ok(away.length >= 1 && away.length <= 2, `one line for each connection, not ${away.length}`);

    await server.resume();
    const { services, ...listener } = await listen(server.port);
    cleanups.push(listener.close);
    const other = await open(wharf);
    await eventually('an event of a command arrives', 20_000, async () => {
      other.events.publish({ kind: 'service-keys-changed' });
      return services.length > 0;
    });
    await eventually('the node is connected again', 20_000, async () => /Redis is back/.test(wharf.output()));
    assert.equal(await eventually('health', 10_000, redisIsHealthy), true);
  });

  test('a command does not wait for a Redis that is not there', async () => {
    const server = await startServer({
      configuration: { USER_EVENTS_REDIS: { host: '127.0.0.1', port: await freePort() } },
    });
    cleanups.push(() => server.dispose());
    const opened = await openServices({
      dataDirectory: server.dataDirectory,
      configDirectory: `${server.dataDirectory}/test-config`,
    });
    const startedAt = performance.now();
    opened.services.events.publish({ kind: 'authority-changed' });
    assert.ok(performance.now() - startedAt < 100);
    await opened.close();
    assert.ok(performance.now() - startedAt < 3_000);
  });
});

/** Everything that is published from now on. */
async function listen(port: number) {
  const client = new Redis({ port, host: '127.0.0.1' });
  const services: string[] = [];
  client.on('message', (_channel, text) => services.push(text));
  await client.subscribe('wharf/events');
  return { services, close: () => client.disconnect() };
}
