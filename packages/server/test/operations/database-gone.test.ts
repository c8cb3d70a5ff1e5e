import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import type { DatabaseServer } from '#/testing/database-server.ts';
import { startPostgresql } from '#/testing/postgresql.ts';
import { createPushClient, type PushClient } from '#/testing/push-client.ts';
import { callHttp, type HttpAnswer } from '#/testing/push-http.ts';
import { makePushBlob, makePushImage, randomLayers } from '#/testing/push-image.ts';
import { createRandom } from '#/testing/push-random.ts';
import { scratchDirectory } from '#/testing/scratch-directory.ts';
import { createPostgresqlDatabase, withDatabase } from '#/testing/server-databases.ts';
import { initializeServer, type ServerProcess, startServer } from '#/testing/server-process.ts';
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

describe('the database', () => {
  let postgresql: DatabaseServer;
  let relay: TcpRelay;
  let server: ServerProcess;
  let client: PushClient;
  let upload: string;

  before(async () => {
    postgresql = await startPostgresql();
    const { uri } = await createPostgresqlDatabase(postgresql.uri, 'empty');
    relay = await startTcpRelay(Number(new URL(postgresql.uri).port));
    const database = new URL(uri).pathname.slice(1);
    const relayed = withDatabase(`postgresql://postgres@127.0.0.1:${relay.port}/`, database);
    server = await startServer({ dataDirectory: scratchDirectory(), configuration: { DB_URI: relayed } });
    await initializeServer(server);
    client = createPushClient({ server, repository: 'admin/app' });
    await client.pushImage(image, 'kept', 'docker');
    upload = await client.startUpload(makePushBlob(Buffer.from('later')));
  });
  after(async () => {
    client?.close();
    await server?.stop();
    await relay?.close();
    await postgresql?.stop();
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
    await postgresql.halt();
    try {
      await assertUnavailable({ ...reads(), ...writes() }, answerLimitMs);
      assert.equal(await healthOf('/health/instance'), 503);
    } finally {
      await postgresql.resume();
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
    await alterSystem('set default_transaction_read_only = on');
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
      await alterSystem('reset default_transaction_read_only');
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

  async function alterSystem(change: string): Promise<void> {
    const direct = new Client({ connectionString: postgresql.uri, ssl: false });
    await direct.connect();
    try {
      await direct.query(`alter system ${change}`);
      await direct.query('select pg_reload_conf()');
    } finally {
      await direct.end();
    }
  }
});
