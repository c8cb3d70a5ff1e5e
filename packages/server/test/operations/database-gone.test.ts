import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createConnection } from 'mysql2/promise';
import { Client } from 'pg';
import type { DatabaseServer } from '#/testing/database-server.ts';
import { findProgram } from '#/testing/find-program.ts';
import { startMariadb } from '#/testing/mariadb.ts';
import { startPostgresql } from '#/testing/postgresql.ts';
import { createPushClient, type PushClient } from '#/testing/push-client.ts';
import { callHttp, type HttpAnswer } from '#/testing/push-http.ts';
import { makePushBlob, makePushImage, randomLayers } from '#/testing/push-image.ts';
import { createRandom } from '#/testing/push-random.ts';
import { scratchDirectory } from '#/testing/scratch-directory.ts';
import { createMysqlDatabase, createPostgresqlDatabase } from '#/testing/server-databases.ts';
import { type ServerProcess, startServer } from '#/testing/server-process.ts';
import { startTcpRelay, type TcpRelay } from '#/testing/tcp-relay.ts';

const answerLimitMs = 2_000;
const recoveryLimitMs = 15_000;
const random = createRandom('database gone');
const image = makePushImage(randomLayers(random, 1, 50_000), 'kept');
const [layer] = image.blobs;
const basic = `Basic ${Buffer.from('admin:password1').toString('base64')}`;

interface Request {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
}

/** A server of databases, and how it is made to take no writes. */
interface Kind {
  readonly name: string;
  readonly skip: string | false;
  start(): Promise<DatabaseServer>;
  /** URI of a new database, as an account without privileges over the server sees it through this port. */
  create(serverUri: string, port: number): Promise<string>;
  setReadOnly(serverUri: string, readOnly: boolean): Promise<void>;
}

const kinds: readonly Kind[] = [
  {
    name: 'PostgreSQL',
    skip: false,
    start: startPostgresql,
    async create(serverUri, port) {
      const { uri } = await createPostgresqlDatabase(serverUri, 'empty');
      return `postgresql://postgres@127.0.0.1:${port}${new URL(uri).pathname}`;
    },
    async setReadOnly(serverUri, readOnly) {
      const direct = new Client({ connectionString: serverUri, ssl: false });
      await direct.connect();
      try {
        const change = readOnly
          ? 'set default_transaction_read_only = on'
          : 'reset default_transaction_read_only';
        await direct.query(`alter system ${change}`);
        await direct.query('select pg_reload_conf()');
      } finally {
        await direct.end();
      }
    },
  },
  {
    name: 'MariaDB',
    skip: findProgram('mariadbd') === undefined ? 'MariaDB is not installed' : false,
    start: startMariadb,
    async create(serverUri, port) {
      const { uri } = await createMysqlDatabase(serverUri, 'empty');
      const database = new URL(uri).pathname.slice(1);
      // The administrator's account may write to a read-only server.
      await onMariadb(serverUri, [
        "create user plain@'127.0.0.1' identified by 'plain-word'",
        `grant all on ${database}.* to plain@'127.0.0.1'`,
      ]);
      return `mysql+pymysql://plain:plain-word@127.0.0.1:${port}/${database}`;
    },
    setReadOnly: (serverUri, readOnly) =>
      onMariadb(serverUri, [`set global read_only = ${readOnly ? 'on' : 'off'}`]),
  },
];

async function onMariadb(serverUri: string, statements: readonly string[]): Promise<void> {
  const { hostname, port, username, password } = new URL(serverUri);
  const connection = await createConnection({
    host: hostname,
    port: Number(port),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
  });
  try {
    for (const statement of statements) await connection.query(statement);
  } finally {
    await connection.end();
  }
}

for (const kind of kinds)
  describe(kind.name, { skip: kind.skip }, () => {
    let databases: DatabaseServer;
    let relay: TcpRelay;
    let server: ServerProcess;
    let client: PushClient;
    let upload: string;
    let apiToken: string;

    before(async () => {
      databases = await kind.start();
      relay = await startTcpRelay(Number(new URL(databases.uri).port));
      const uri = await kind.create(databases.uri, relay.port);
      server = await startServer({ dataDirectory: scratchDirectory(), configuration: { DB_URI: uri } });
      apiToken = await initializeFirstUser(server);
      client = createPushClient({ server, repository: 'admin/app' });
      await client.pushImage(image, 'kept', 'docker');
      upload = await client.startUpload(makePushBlob(Buffer.from('later')));
    });
    after(async () => {
      client?.close();
      await server?.stop();
      await relay?.close();
      await databases?.stop();
    });

    const reads = (): Record<string, Request> => ({
      'manifest by tag': { method: 'GET', path: 'manifests/kept' },
      'manifest by digest': { method: 'HEAD', path: `manifests/${image.digest}` },
      blob: { method: 'GET', path: `blobs/${layer?.digest}` },
      'blob head': { method: 'HEAD', path: `blobs/${layer?.digest}` },
      tags: { method: 'GET', path: 'tags/list' },
      referrers: { method: 'GET', path: `referrers/${image.digest}` },
      catalog: { method: 'GET', path: '/v2/_catalog' },
      upload: { method: 'GET', path: upload },
      token: {
        method: 'GET',
        path: `/v2/auth?service=${server.host}&scope=repository:admin/app:pull,push`,
        headers: { authorization: basic },
      },
      'api: who calls': api('GET', '/user/'),
      'api: a repository': api('GET', '/repository/admin/app'),
      'api: tags': api('GET', '/repository/admin/app/tag/'),
      'api: logs': api('GET', '/repository/admin/app/logs'),
    });
    const api = (method: string, path: string, body?: unknown): Request => ({
      method,
      path: `/api/v1${path}`,
      headers: { authorization: `Bearer ${apiToken}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: Buffer.from(JSON.stringify(body)) }),
    });
    const writes = (): Record<string, Request> => ({
      'upload start': { method: 'POST', path: 'blobs/uploads/' },
      chunk: { method: 'PATCH', path: upload, body: Buffer.from('later') },
      'single post': {
        method: 'POST',
        path: `blobs/uploads/?digest=${makePushBlob(Buffer.from('single')).digest}`,
        body: Buffer.from('single'),
      },
      manifest: {
        method: 'PUT',
        path: 'manifests/other',
        headers: { 'content-type': 'application/vnd.oci.image.manifest.v1+json' },
        body: image.manifest,
      },
      'manifest delete': { method: 'DELETE', path: 'manifests/kept' },
      'blob delete': { method: 'DELETE', path: `blobs/${layer?.digest}` },
      'api: app token': api('POST', '/user/apptoken', { title: 'laptop' }),
      'api: tag delete': api('DELETE', '/repository/admin/app/tag/kept'),
      'api: description': api('PUT', '/repository/admin/app', { description: 'text' }),
    });

    function ask({ method, path, headers, body }: Request): Promise<HttpAnswer> {
      return client.call(method, path, { ...(headers && { headers }), ...(body && { body }) });
    }

    async function assertUnavailable(
      requests: Readonly<Record<string, Request>>,
      limitMs: number,
    ): Promise<void> {
      for (const [name, request] of Object.entries(requests)) {
        const askedAt = performance.now();
        const answer = await ask(request);
        const elapsedMs = performance.now() - askedAt;
        assert.equal(answer.status, 503, `${name}: ${answer.body}`);
        assert.match(answer.headers['retry-after'] ?? '', /^\d+$/, name);
        assert.ok(elapsedMs < limitMs, `${name} took ${elapsedMs} ms`);
      }
    }

    /** The same token and the same process do again what they did before. */
    async function assertRecovers(): Promise<void> {
      const giveUpAt = performance.now() + recoveryLimitMs;
      for (;;) {
        const { status } = await ask({ method: 'POST', path: 'blobs/uploads/' });
        if (status === 202) break;
        assert.equal(status, 503);
        assert.ok(performance.now() < giveUpAt, 'does not recover');
        await sleep(200);
      }
      for (const [name, request] of Object.entries(reads())) {
        const { status } = await ask(request);
        assert.ok(status < 300, `${name}: ${status}`);
      }
      assert.equal(await client.pullImage('kept'), image.digest);
      const next = makePushImage(randomLayers(random, 1, 20_000), 'next');
      await client.pushImage(next, 'next', 'docker');
      assert.equal(await client.pullImage('next'), next.digest);
    }

    async function healthOf(path: string): Promise<number> {
      return (await callHttp(`${server.url}${path}`, { method: 'GET' })).status;
    }

    test('stopped: 503 with Retry-After within 2 s, and it recovers without a restart', async () => {
      await databases.halt();
      try {
        await assertUnavailable({ ...reads(), ...writes() }, answerLimitMs);
        assert.equal(await healthOf('/health/instance'), 503);
      } finally {
        await databases.resume();
      }
      await assertRecovers();
      assert.equal(await healthOf('/health/instance'), 200);
    });

    test('silent, as behind a dead router: the same', async () => {
      relay.freeze();
      try {
        await assertUnavailable({ ...reads(), ...writes() }, answerLimitMs);
      } finally {
        relay.thaw();
      }
      await assertRecovers();
    });

    test('read-only: pulls and log-ins go on, writes answer 503', async () => {
      await kind.setReadOnly(databases.uri, true);
      try {
        await untilStatus(503, { method: 'POST', path: 'blobs/uploads/' });
        await assertUnavailable(writes(), answerLimitMs);
        for (const [name, request] of Object.entries(reads())) {
          const { status, body } = await ask(request);
          assert.ok(status < 300, `${name}: ${status} ${body}`);
        }
        assert.equal(await client.pullImage('kept'), image.digest);
        const fresh = createPushClient({ server, repository: 'admin/app' });
        assert.equal(await fresh.pullImage('kept'), image.digest);
        fresh.close();
      } finally {
        await kind.setReadOnly(databases.uri, false);
      }
      await assertRecovers();
    });

    async function untilStatus(status: number, request: Request): Promise<void> {
      const giveUpAt = performance.now() + recoveryLimitMs;
      while ((await ask(request)).status !== status) {
        assert.ok(performance.now() < giveUpAt, `never ${status}`);
        await sleep(100);
      }
    }
  });

async function initializeFirstUser(server: ServerProcess): Promise<string> {
  const body = { username: 'admin', password: 'password1', email: 'admin@example.com', access_token: true };
  const answer = await callHttp(`${server.url}/api/v1/user/initialize`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(body)),
  });
  assert.equal(answer.status, 200, answer.body.toString());
  return (JSON.parse(answer.body.toString()) as { access_token: string }).access_token;
}
