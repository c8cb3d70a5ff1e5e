import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createPushClient, type PushClient } from '#/testing/push-client.ts';
import { makePushBlob } from '#/testing/push-image.ts';
import { createRandom } from '#/testing/push-random.ts';
import { chunk, openRawConnection, type RawConnection, requestHead } from '#/testing/push-socket.ts';
import {
  createRepository,
  initializeServer,
  type ServerProcess,
  startServer,
} from '#/testing/server-process.ts';

const long = process.env.WHARF_TEST_LONG === '1';
const uploads = '/v2/admin/slow/blobs/uploads/';

describe('slow and peculiar clients', { concurrency: true }, () => {
  let server: ServerProcess;
  let client: PushClient;
  let token: string;
  const connections: RawConnection[] = [];

  before(async () => {
    server = await startServer();
    await initializeServer(server);
    await createRepository(server, 'admin', 'slow');
    client = createPushClient({ server, repository: 'admin/slow' });
    token = await client.token();
  });
  after(async () => {
    for (const connection of connections) connection.close();
    client?.close();
    await server?.dispose();
  });

  async function open(): Promise<RawConnection> {
    const connection = await openRawConnection(server.port);
    connections.push(connection);
    return connection;
  }

  function head(method: string, path: string, headers: Readonly<Record<string, string>> = {}): string {
    return requestHead(method, path, { host: server.host, authorization: `Bearer ${token}`, ...headers });
  }

  if (long) {
    test('headers that never end are cut off after 30 s', async () => {
      const connection = await open();
      connection.write(`GET /v2/ HTTP/1.1\r\nhost: ${server.host}\r\n`);
      const dribbling = setInterval(() => connection.write('x-a: b\r\n'), 1000);
      try {
        const elapsedMs = await connection.waitForEnd(45_000);
        assert.ok(elapsedMs > 25_000 && elapsedMs < 37_000, `${elapsedMs} ms`);
      } finally {
        clearInterval(dribbling);
      }
    });
  }

  test('an upload whose bytes come seconds apart is not cut off', async () => {
    const bytes = createRandom('slow body').bytes(12_000);
    const blob = makePushBlob(bytes);
    const path = await client.startUpload(blob);
    const [pieceCount, pauseMs] = long ? [12, 6_000] : [4, 1_500];
    const pieceBytes = bytes.length / pieceCount;
    const connection = await open();
    connection.write(head('PATCH', path, { 'transfer-encoding': 'chunked' }));
    for (let start = 0; start < bytes.length; start += pieceBytes) {
      connection.write(chunk(bytes.subarray(start, start + pieceBytes)));
      await sleep(pauseMs);
    }
    connection.write('0\r\n\r\n');
    await connection.waitFor(/^HTTP\/1\.1 202 /);
    await client.commitUpload(path, blob);
    await client.pullBlob(blob.digest);
  });

  test('Expect: 100-continue: a refused request never sends its body', async () => {
    const connection = await open();
    const expecting = { expect: '100-continue', 'content-length': '1000000' };
    connection.write(requestHead('POST', uploads, { host: server.host, ...expecting }));
    await connection.waitFor(/^HTTP\/1\.1 401 /);
    assert.doesNotMatch(connection.received(), /100 Continue/);
  });

  test('Expect: 100-continue: an allowed request is told to go on', async () => {
    const path = await client.startUpload(makePushBlob(Buffer.from('hello')));
    const connection = await open();
    connection.write(head('PATCH', path, { expect: '100-continue', 'content-length': '5' }));
    await connection.waitFor(/^HTTP\/1\.1 100 Continue\r\n\r\n/);
    connection.write('hello');
    await connection.waitFor(/\r\n\r\nHTTP\/1\.1 202 /);
  });

  test('an early 401 reaches a client that is still sending in chunks, and ends its connection', async () => {
    const path = await client.startUpload(makePushBlob(Buffer.alloc(1)));
    const connection = await open();
    connection.write(requestHead('PATCH', path, { host: server.host, 'transfer-encoding': 'chunked' }));
    const piece = chunk(Buffer.alloc(65_536));
    const sending = setInterval(() => connection.write(piece), 5);
    try {
      await connection.waitFor(/^HTTP\/1\.1 401 /, 5_000);
      assert.match(connection.received(), /connection: close/i);
      await connection.waitForEnd(10_000);
    } finally {
      clearInterval(sending);
    }
  });

  test('headers of 30 KiB are read', async () => {
    const large = 'x'.repeat(30 * 1024);
    const cases: readonly (readonly [Readonly<Record<string, string>>, number])[] = [
      [{ 'x-large': large }, 200],
      [{ authorization: `Bearer ${large}` }, 401],
    ];
    for (const [headers, status] of cases) {
      const connection = await open();
      connection.write(head('GET', '/v2/', headers));
      await connection.waitFor(new RegExp(`^HTTP/1\\.1 ${status} `));
    }
  });

  test('a connection serves one request after the other, refused ones too', async () => {
    const path = await client.startUpload(makePushBlob(Buffer.from('hello')));
    const connection = await open();
    const requests: readonly (readonly [string, number])[] = [
      [head('GET', '/v2/'), 200],
      [requestHead('GET', '/v2/', { host: server.host }), 401],
      [`${head('PATCH', path, { 'content-length': '5', 'content-range': '7-11' })}hello`, 416],
      [`${head('PATCH', path, { 'content-length': '5', 'content-range': '0-4' })}hello`, 202],
      [head('GET', '/v2/admin/slow/manifests/none'), 404],
      [head('DELETE', path), 204],
      [`${requestHead('POST', uploads, { host: server.host, 'content-length': '5' })}hello`, 401],
      [head('GET', '/v2/'), 200],
    ];
    for (const [index, [request, status]] of requests.entries()) {
      connection.write(request);
      const answers = await connection.waitFor(
        new RegExp(`^(?:[^]*?HTTP/1\\.1 (?!100)\\d+ ){${index}}[^]*?HTTP/1\\.1 (\\d+) [^]*?\\r\\n\\r\\n`),
      );
      assert.equal(Number(answers[1]), status, request.slice(0, 60));
    }
  });
});
