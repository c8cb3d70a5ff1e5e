import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { runClient } from '#/testing/client-process.ts';
import { eventually } from '#/testing/eventually.ts';
import { needsPrograms } from '#/testing/find-program.ts';
import { type Http2Client, openHttp2, receive } from '#/testing/http2-client.ts';
import { frame, frameTypes, getRoot, openFrames, postUpload } from '#/testing/http2-frames.ts';
import { readMetric } from '#/testing/process-fixture.ts';
import { createPushClient, type PushClient, pushDialects } from '#/testing/push-client.ts';
import { makePushBlob, makePushImage } from '#/testing/push-image.ts';
import { createRandom } from '#/testing/push-random.ts';
import { initializeServer } from '#/testing/server-process.ts';
import { startTlsServer, type TlsServerProcess } from '#/testing/tls-server.ts';

const random = createRandom('http2');
const mebibyte = 1024 ** 2;

describe('HTTP/2', needsPrograms('openssl'), () => {
  let server: TlsServerProcess;
  let http2: Http2Client;
  let client: PushClient;
  const clients: Http2Client[] = [];

  before(async () => {
    server = await startTlsServer({ configuration: { MAXIMUM_LAYER_SIZE: '64M' } });
    await initializeServer(server);
    http2 = await open();
    client = createPushClient({ server, repository: 'admin/app', transport: http2.call });
  });
  after(async () => {
    for (const each of clients) each.close();
    await server?.dispose();
  });

  async function open(settings = {}): Promise<Http2Client> {
    const opened = await openHttp2(server.url, settings);
    clients.push(opened);
    return opened;
  }
  const head = async (method: string, path: string, more = {}) => ({
    ':method': method,
    ':path': path,
    authorization: `Bearer ${await client.token()}`,
    ...more,
  });

  test('the windows fit uploads, streams are bounded', async () => {
    const { initialWindowSize, maxConcurrentStreams, enableConnectProtocol } = http2.session.remoteSettings;
    assert.equal(initialWindowSize, 4 * mebibyte);
    assert.equal(maxConcurrentStreams, 100);
    assert.notEqual(enableConnectProtocol, true, 'WebSockets come over HTTP/1.1');
    await eventually(
      'the window of the connection',
      5_000,
      async () => http2.session.state.remoteWindowSize === 16 * mebibyte,
    );
    assert.equal(http2.session.alpnProtocol, 'h2');
  });

  for (const dialect of pushDialects) {
    test(`pushes and pulls an image, ${dialect}`, async () => {
      const image = makePushImage(
        [3 * mebibyte, 10].map((size) => makePushBlob(random.bytes(size))),
        dialect,
      );
      await client.pushImage(image, dialect, dialect);
      assert.equal(await client.pullImage(dialect), image.digest);
    });
  }

  test('a blob of many windows comes whole to a client with small ones, and in ranges', async () => {
    const blob = makePushBlob(random.bytes(24 * mebibyte));
    await client.pushBlob(blob, 'docker');
    const slow = await open({ initialWindowSize: 65_535 });
    const stream = slow.open(await head('GET', `/v2/admin/app/blobs/${blob.digest}`), true);
    const pieces: Buffer[] = [];
    let count = 0;
    for await (const piece of stream) {
      pieces.push(piece as Buffer);
      count += 1;
      if (count % 200 === 0) await sleep(5);
    }
    assert.ok(Buffer.concat(pieces).equals(blob.bytes));
    const part = await client.expect(206, 'GET', `blobs/${blob.digest}`, {
      headers: { range: 'bytes=1000-8000999' },
    });
    assert.ok(part.body.equals(blob.bytes.subarray(1000, 8_001_000)));
  });

  test('many requests share a connection', async () => {
    const blob = makePushBlob(random.bytes(200_000));
    await client.pushBlob(blob, 'single');
    const pulled = await Promise.all(Array.from({ length: 90 }, () => client.pullBlob(blob.digest)));
    assert.equal(pulled.length, 90);
  });

  test('the authority is the host; a Host that differs makes the request malformed', async () => {
    const realm = async (more: object): Promise<unknown> => {
      const answer = await receive(http2.open({ ':method': 'GET', ':path': '/v2/', ...more }, true));
      return answer.headers['www-authenticate'] ?? answer.status;
    };
    const expected = 'Bearer realm="https://registry.example.com/v2/auth",service="registry.example.com"';
    assert.equal(await realm({ ':authority': 'registry.example.com' }), expected);
    assert.equal(
      await realm({ ':authority': 'registry.example.com', host: 'registry.example.com' }),
      expected,
    );
    assert.equal(await realm({ ':authority': 'registry.example.com', host: 'other.example.com' }), 400);
    assert.equal(await realm({ ':authority': 'a,b' }), 400);
    await assert.rejects(realm({ ':authority': 'a"b' }), /code 1 /);
  });

  test('the access log has the line of a request, with its client', async () => {
    const { headers } = await client.call('GET', 'tags/list');
    const line = await eventually('the line', 5_000, async () =>
      server
        .output()
        .split('\n')
        .find((text) => text.includes(String(headers['x-request-id']))),
    );
    const entry = JSON.parse(line) as Record<string, unknown>;
    assert.deepEqual(
      [entry.operation, entry.status, entry.ip, entry.aborted],
      ['listTags', 200, '127.0.0.1', undefined],
    );
  });

  test('a body that is held back is asked for when somebody reads it, and not when it is refused', async () => {
    const path = await client.startUpload(makePushBlob(Buffer.from('hello')));
    const allowed = http2.open(await head('PATCH', path, { expect: '100-continue', 'content-length': '5' }));
    const answer = receive(allowed);
    await new Promise<void>((go) => allowed.once('continue', go));
    allowed.end('hello');
    assert.equal((await answer).status, 202);

    const refused = http2.open({
      ':method': 'POST',
      ':path': path,
      expect: '100-continue',
      'content-length': '5',
    });
    refused.once('continue', () => assert.fail('it was asked for'));
    assert.equal((await receive(refused)).status >= 400, true);
  });

  test('a refusal reaches a client that is still sending, and other requests go on', async () => {
    const path = await client.startUpload(makePushBlob(Buffer.alloc(1)));
    const stream = http2.open({ ':method': 'PATCH', ':path': path });
    const sending = setInterval(() => stream.writable && stream.write(Buffer.alloc(65_536)), 2);
    try {
      assert.equal((await receive(stream)).status, 401);
      await eventually('the server wants no more of it', 5_000, async () => stream.closed);
    } finally {
      clearInterval(sending);
    }
    const out = await client.call('PATCH', path, {
      body: Buffer.from('hello'),
      headers: { 'content-range': '7-11' },
    });
    assert.equal(out.status, 416);
    assert.equal((await client.call('GET', '/v2/')).status, 200);
  });

  test('the limits of bodies hold, declared or not', async () => {
    const path = await client.startUpload(makePushBlob(Buffer.alloc(1)));
    const declared = http2.open(await head('PATCH', path, { 'content-length': String(65 * mebibyte) }));
    assert.equal((await receive(declared)).status, 413);
    const more = async function* () {
      for (let index = 0; index < 66; index += 1) yield Buffer.alloc(mebibyte);
    };
    assert.equal((await client.call('PATCH', path, { body: more() })).status, 413);
    const manifest = await client.call('PUT', 'manifests/huge', { body: Buffer.alloc(5 * mebibyte, ' ') });
    assert.equal(manifest.status, 413);
  });

  test('an upload that is cancelled keeps what came; a manifest that is cut off is not stored', async () => {
    const bytes = random.bytes(300_000);
    const blob = makePushBlob(bytes);
    const path = await client.startUpload(blob);
    const stream = http2.open(await head('PATCH', path));
    stream.write(bytes.subarray(0, 200_000));
    await eventually('the upload is being received', 5_000, async () => {
      return (await readMetric(server, 'http_requests_in_flight')) >= 1;
    });
    await sleep(100);
    stream.close(8);
    const kept = await eventually('what came is kept', 10_000, async () => {
      const { headers, status } = await client.call('GET', path);
      return status === 204 && headers.range !== '0-0' && String(headers.range);
    });
    const offset = Number(kept.split('-')[1]) + 1;
    assert.ok(offset > 0 && offset <= 200_000);
    await client.sendChunk(path, bytes.subarray(offset), offset);
    await client.commitUpload(path, blob);
    assert.ok((await client.pullBlob(blob.digest)).equals(bytes));

    const image = makePushImage([], 'cut off');
    const cut = http2.open(
      await head('PUT', '/v2/admin/app/manifests/cut', {
        'content-type': 'application/vnd.oci.image.manifest.v1+json',
      }),
    );
    cut.write(image.manifest);
    await sleep(100);
    cut.close(8);
    await sleep(300);
    assert.equal((await client.call('GET', 'manifests/cut')).status, 404);
  });

  test('trailers after a body are read and change nothing', async () => {
    const blob = makePushBlob(random.bytes(100_000));
    const path = await client.startUpload(blob);
    const stream = http2.session.request(await head('PATCH', path), { waitForTrailers: true });
    stream.on('wantTrailers', () =>
      stream.sendTrailers({ 'x-checksum': 'abc', authorization: 'Bearer other' }),
    );
    const answer = receive(stream);
    stream.end(blob.bytes);
    assert.equal((await answer).status, 202);
    await client.commitUpload(path, blob);
  });

  test('no more streams than are offered', async () => {
    const crowd = await openFrames(server.port);
    // Bodies that never come keep the streams open.
    for (let index = 0; index < 120; index += 1)
      crowd.write(frame(frameTypes.headers, 0x4, 2 * index + 1, postUpload));
    const refused = await eventually('the rest is refused', 5_000, async () => {
      const found = crowd
        .received()
        .filter(({ type, payload }) => type === frameTypes.reset && payload.readUInt32BE(0) === 7);
      return found.length >= 20 && found.length;
    });
    assert.equal(refused, 20);
    crowd.socket.destroy();
  });

  test('whoever opens and cancels streams without end is sent away, and nobody else notices', async () => {
    const attacker = await openFrames(server.port);
    const cancel = Buffer.from([0, 0, 0, 8]);
    for (let index = 0; index < 2_000 && !attacker.ended(); index += 1) {
      const id = 2 * index + 1;
      attacker.write(frame(frameTypes.headers, 0x5, id, getRoot), frame(frameTypes.reset, 0, id, cancel));
      if (index % 100 === 0) await sleep(1);
    }
    await eventually('the attacker is sent away', 10_000, async () => attacker.ended());
    assert.ok(attacker.received().some(({ type }) => type === frameTypes.goaway));
    assert.equal((await client.call('GET', '/v2/')).status, 200);
    await eventually(
      'nothing is left of it',
      10_000,
      async () => (await readMetric(server, 'http_requests_in_flight')) === 0,
    );
  });

  test('headers without end are refused', async () => {
    const attacker = await openFrames(server.port);
    attacker.write(frame(frameTypes.headers, 0, 1, getRoot));
    // A literal header without indexing, "x: aaa...", again and again.
    const more = Buffer.concat([
      Buffer.from([0x00, 0x01, 0x78, 0x7f, 0x81, 0x7e]),
      Buffer.alloc(16_384 - 500, 'a'),
    ]);
    for (let index = 0; index < 200 && !attacker.ended(); index += 1) {
      attacker.write(frame(frameTypes.continuation, 0, 1, more));
      if (index % 10 === 0) await sleep(1);
    }
    await eventually('the attacker is sent away', 10_000, async () => attacker.ended());
    assert.equal((await client.call('GET', '/v2/')).status, 200);
  });

  test('a connection that breaks in the middle of everything harms nobody', async () => {
    for (let round = 0; round < 20; round += 1) {
      const broken = await open();
      for (let index = 0; index < 30; index += 1)
        broken.open({ ':method': index % 2 === 0 ? 'GET' : 'PATCH', ':path': '/v2/admin/app/tags/list' });
      if (round % 2 === 0) await sleep(1);
      broken.session.socket.destroy();
    }
    assert.equal((await client.call('GET', '/v2/')).status, 200);
    assert.doesNotMatch(server.output(), /"level":[56]0/);
  });

  test('curl speaks it', needsPrograms('curl'), async () => {
    const said = await runClient('curl', [
      ...[
        '--silent',
        '--http2',
        '--cacert',
        server.certificates.ca,
        '--write-out',
        ' %{http_version} %{http_code}',
      ],
      ...['--user', 'admin:password1', `${server.url}/v2/auth?service=${server.host}`],
    ]);
    assert.match(said, /"token".* 2 200$/s);
  });

  test('a stop lets an upload and a download finish, and sends clients away', async () => {
    const big = makePushBlob(random.bytes(20 * mebibyte));
    await client.pushBlob(big, 'docker');
    const blob = makePushBlob(random.bytes(60_000));
    const path = await client.startUpload(blob);
    const upload = http2.open(await head('PATCH', path));
    const uploaded = receive(upload);
    upload.write(blob.bytes.subarray(0, 20_000));
    const download = http2.open(await head('GET', `/v2/admin/app/blobs/${big.digest}`), true);
    const downloaded = receive(download);
    await new Promise((go) => download.once('response', go));
    const idle = await open();
    const stopping = server.stop();
    await idle.goaway;
    await http2.goaway;
    upload.write(blob.bytes.subarray(20_000, 40_000));
    await sleep(300);
    upload.end(blob.bytes.subarray(40_000));
    const [answer, { body }] = await Promise.all([uploaded, downloaded]);
    assert.equal(answer.status, 202);
    assert.ok(body.equals(big.bytes));
    await stopping;
  });
});
