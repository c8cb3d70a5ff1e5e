import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, readlinkSync, statSync, writeFileSync } from 'node:fs';
import { copyFile, readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { request as openRequest } from 'node:https';
import { join, resolve } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type Digest, parseDigest } from '@wharf/oci';
import { makeCertificates } from '#/testing/certificates.ts';
import { waitUntilReady } from '#/testing/database-server.ts';
import { eventually } from '#/testing/eventually.ts';
import { findProgram, needsPrograms } from '#/testing/find-program.ts';
import { freePort } from '#/testing/free-port.ts';
import { type GuardedProcess, startGuarded } from '#/testing/guarded-process.ts';
import { openHttp2 } from '#/testing/http2-client.ts';
import { createPushClient, type PushClient } from '#/testing/push-client.ts';
import { callHttp } from '#/testing/push-http.ts';
import { makePushBlob, makePushImage } from '#/testing/push-image.ts';
import { createRandom } from '#/testing/push-random.ts';
import { scratchDirectory } from '#/testing/scratch-directory.ts';
import { initializeServer, type ServerProcess, startServer } from '#/testing/server-process.ts';
import { trust } from '#/testing/tls-server.ts';

/* The configuration of docs/operations/nginx.md, as it stands there but for ports and paths, in front of a server. */

const mebibyte = 1024 ** 2;
const layerBytes = (process.env.WHARF_TEST_LONG === '1' ? 2048 : 200) * mebibyte;
/** Buffers on the way, whatever the size of the layer. */
const mostGrowthBytes = 120 * mebibyte;
const blocks = [
  ...readFileSync(resolve(import.meta.dirname, '../../../../docs/operations/nginx.md'), 'utf8').matchAll(
    /```nginx\n(.*?)```/gs,
  ),
].map(([, block = '']) => block);

/** Bytes of the layer from an offset on; cheap, and different everywhere. */
const pattern = createRandom('nginx').bytes(mebibyte);
function* layer(from: number, to = layerBytes): Generator<Buffer> {
  for (let at = from; at < to; ) {
    const index = Math.floor(at / mebibyte);
    const piece = Buffer.from(pattern);
    piece.writeUInt32BE(index, 0);
    const start = at - index * mebibyte;
    const end = Math.min(mebibyte, to - index * mebibyte);
    yield piece.subarray(start, end);
    at += end - start;
  }
}

interface Places {
  readonly directory: string;
  readonly upstream: number;
  readonly plainPort: number;
  readonly port: number;
}

/** The configuration of the page, with `more` inside of its second server. */
function writeConfiguration({ directory, upstream, plainPort, port }: Places, more = ''): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${directory}/temp-${name};`)
    .join(' ');
  let block = blocks[0] ?? '';
  for (const [written, here] of [
    ['server 127.0.0.1:8080;', `server 127.0.0.1:${upstream};`],
    ['listen 80;', `listen 127.0.0.1:${plainPort};`],
    ['listen 443 ssl', `listen 127.0.0.1:${port} ssl`],
    ['/etc/nginx/wharf/ssl.cert', join(directory, 'ssl.cert')],
    ['/etc/nginx/wharf/ssl.key', join(directory, 'ssl.key')],
    ['  location / {', `${more}  location / {`],
  ] as const) {
    assert.ok(block.includes(written), `the page has ${written}`);
    block = block.replace(written, here);
  }
  const path = join(directory, 'nginx.conf');
  writeFileSync(
    path,
    `daemon off; user root; worker_processes 1; pid ${directory}/nginx.pid; error_log ${directory}/error.log;
events {}
http { access_log off; ${temporary}
${block}
}
`,
  );
  return path;
}

async function startNginx(directory: string, file: string, port: number): Promise<GuardedProcess> {
  const started = startGuarded(findProgram('nginx') ?? 'nginx', ['-c', file, '-p', directory], {
    signal: 'TERM',
  });
  await waitUntilReady(started, async () => {
    await callHttp(`https://127.0.0.1:${port}/health/instance`, { method: 'GET' });
  });
  return started;
}

async function placeCertificate(directory: string): Promise<void> {
  const certificates = await makeCertificates('IP:127.0.0.1,DNS:localhost');
  await copyFile(certificates.certificate, join(directory, 'ssl.cert'));
  await copyFile(certificates.key, join(directory, 'ssl.key'));
  trust(await readFile(certificates.ca, 'utf8'));
}

describe('behind nginx', needsPrograms('nginx', 'openssl'), () => {
  const directory = scratchDirectory();
  let server: ServerProcess;
  let nginx: GuardedProcess;
  let port: number;
  let file: string;
  let client: PushClient;
  let digest: Digest;
  const peaks = { serverBytes: 0, nginxBytes: 0, temporaryBytes: 0 };
  let baseline = { serverBytes: 0, nginxBytes: 0 };
  let sampling: NodeJS.Timeout;

  before(async () => {
    await placeCertificate(directory);
    const [upstream, plainPort] = [await freePort(), await freePort()];
    port = await freePort();
    server = await startServer({
      port: upstream,
      configuration: {
        SERVER_HOSTNAME: `127.0.0.1:${port}`,
        EXTERNAL_TLS_TERMINATION: true,
        TRUSTED_PROXY_CIDR: '127.0.0.0/8',
      },
    });
    file = writeConfiguration({ directory, upstream, plainPort, port });
    nginx = await startNginx(directory, file, port);
    const front = { url: `https://127.0.0.1:${port}`, host: `127.0.0.1:${port}` };
    await initializeServer(front);
    client = createPushClient({ server: front, repository: 'admin/app' });
    await client.pushImage(makePushImage([makePushBlob(pattern)], 'warm'), 'warm', 'docker');
    await client.pullImage('warm');
    sample();
    baseline = { ...peaks };
    sampling = setInterval(sample, 100);
    sampling.unref();
  });
  after(async () => {
    clearInterval(sampling);
    client?.close();
    await nginx?.stop();
    await server?.dispose();
  });

  async function restartNginx(): Promise<void> {
    await nginx.stop();
    nginx = await startNginx(directory, file, port);
  }

  /** Processes of nginx, from its master on. */
  function nginxPids(): number[] {
    const master = Number(readFileSync(join(directory, 'nginx.pid'), 'utf8'));
    const children = readFileSync(`/proc/${master}/task/${master}/children`, 'utf8')
      .split(' ')
      .filter(Boolean);
    return [master, ...children.map(Number)];
  }

  function sample(): void {
    peaks.serverBytes = Math.max(peaks.serverBytes, rssOf(server.pid));
    try {
      const pids = nginxPids();
      peaks.nginxBytes = Math.max(
        peaks.nginxBytes,
        pids.reduce((sum, pid) => sum + rssOf(pid), 0),
      );
      peaks.temporaryBytes = Math.max(
        peaks.temporaryBytes,
        pids.reduce((sum, pid) => sum + openTemporaryBytes(pid), 0),
      );
    } catch {
      // It is being restarted.
    }
  }

  /** Of files that a process holds open in nginx's temporary folders, also those without a name any more. */
  function openTemporaryBytes(pid: number): number {
    let sum = 0;
    for (const name of readdirSync(`/proc/${pid}/fd`)) {
      const path = `/proc/${pid}/fd/${name}`;
      if (readlinkSync(path).startsWith(join(directory, 'temp-'))) sum += statSync(path).size;
    }
    return sum;
  }

  test('plain requests are sent to HTTPS, and links are https', async () => {
    const challenge = await callHttp(`https://127.0.0.1:${port}/v2/`, { method: 'GET' });
    assert.equal(
      challenge.headers['www-authenticate'],
      `Bearer realm="https://127.0.0.1:${port}/v2/auth",service="127.0.0.1:${port}"`,
    );
    assert.equal(challenge.headers['strict-transport-security'], 'max-age=63072000; preload');
    assert.equal(challenge.headers['x-frame-options'], 'DENY');
  });

  test('what clients claim of themselves is not handed on', async () => {
    const { headers } = await callHttp(`https://127.0.0.1:${port}/v2/`, {
      method: 'GET',
      headers: { 'x-forwarded-for': '9.9.9.9', 'x-forwarded-host': 'evil.example', forwarded: 'for=9.9.9.9' },
    });
    const line = await eventually('the line', 5_000, async () =>
      server
        .output()
        .split('\n')
        .find((text) => text.includes(String(headers['x-request-id']))),
    );
    assert.equal(JSON.parse(line).ip, '127.0.0.1');
  });

  test(`a layer of ${layerBytes / mebibyte} MiB is pushed, and goes on after nginx was restarted`, async () => {
    const hash = createHash('sha256');
    for (const piece of layer(0)) hash.update(piece);
    digest = parseDigest(`sha256:${hash.digest('hex')}`);
    const location = (await client.expect(202, 'POST', 'blobs/uploads/')).headers.location ?? '';
    const path = new URL(location, 'https://localhost').pathname;
    const cut = layerBytes / 2;
    const gate = Promise.withResolvers<void>();
    async function* cutOff(): AsyncGenerator<Buffer> {
      let sent = 0;
      for (const piece of layer(0)) {
        yield piece;
        sent += piece.length;
        // The other half only goes out if nothing cuts the connection off.
        if (sent >= cut) await gate.promise;
      }
    }
    const first = client.call('PATCH', path, { body: cutOff() });
    const failed = first.then(
      ({ status }) => assert.fail(`it was answered ${status}`),
      () => undefined,
    );
    await eventually('half of it arrived', 120_000, async () => {
      const stored = await uploadedBytes();
      return stored >= cut - 32 * mebibyte;
    });
    await restartNginx();
    await failed;
    gate.resolve();
    const offset = await eventually('the server tells how far it came', 20_000, async () => {
      const { headers, status } = await client.call('GET', path);
      const end = Number(/^0-(\d+)$/.exec(String(headers.range))?.[1]);
      // Nothing is told before the server has noticed that the connection is gone.
      return status === 204 && end > 0 && end + 1;
    });
    assert.ok(offset > cut / 2 && offset <= cut + mebibyte, `${offset} of ${cut} bytes were kept`);
    const rest = await client.expect(202, 'PATCH', path, {
      body: (async function* () {
        yield* layer(offset);
      })(),
      timeoutMs: 120_000,
    });
    assert.equal(rest.headers.range, `0-${layerBytes - 1}`);
    await client.expect(201, 'PUT', `${path}?digest=${digest}`, { timeoutMs: 120_000 });
  });

  /** Bytes of uploads that the store holds. */
  async function uploadedBytes(): Promise<number> {
    const folder = join(server.dataDirectory, 'storage');
    const names = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    return Math.max(
      0,
      ...names.map(
        ({ parentPath, name }) => statSync(join(parentPath, name), { throwIfNoEntry: false })?.size ?? 0,
      ),
    );
  }

  test('it is pulled, and goes on after nginx was restarted', async () => {
    const hash = createHash('sha256');
    let got = 0;
    let cuts = 0;
    while (got < layerBytes) {
      const response = await open(
        `/v2/admin/app/blobs/${digest}`,
        got === 0 ? {} : { range: `bytes=${got}-` },
      );
      assert.equal(response.statusCode, got === 0 ? 200 : 206);
      try {
        for await (const piece of response as AsyncIterable<Buffer>) {
          hash.update(piece);
          got += piece.length;
          if (got > layerBytes / 2 && cuts === 0) {
            cuts += 1;
            await restartNginx();
          }
        }
      } catch {
        cuts += 1;
      }
    }
    assert.ok(cuts >= 2, 'the restart cut it off');
    assert.equal(`sha256:${hash.digest('hex')}`, digest);
  });

  async function open(path: string, headers: Readonly<Record<string, string>>): Promise<IncomingMessage> {
    const authorization = `Bearer ${await client.token()}`;
    return await new Promise((resolve, reject) => {
      const request = openRequest(`https://127.0.0.1:${port}${path}`, {
        headers: { authorization, ...headers },
        agent: false,
      });
      request.on('response', resolve);
      request.on('error', reject);
      request.end();
    });
  }

  test('HTTP/2 clients push and pull through it', async () => {
    const http2 = await openHttp2(`https://127.0.0.1:${port}`);
    const front = { url: `https://127.0.0.1:${port}`, host: `127.0.0.1:${port}` };
    const second = createPushClient({ server: front, repository: 'admin/app', transport: http2.call });
    const image = makePushImage([makePushBlob(createRandom('h2').bytes(8 * mebibyte))], 'h2');
    await second.pushImage(image, 'h2', 'docker');
    assert.equal(await second.pullImage('h2'), image.digest);
    http2.close();
  });

  test('memory and temporary space did not follow the size of the layer', () => {
    const grown = peaks.serverBytes - baseline.serverBytes;
    assert.ok(grown < mostGrowthBytes, `the server grew by ${grown} bytes`);
    assert.ok(
      peaks.nginxBytes - baseline.nginxBytes < 32 * mebibyte,
      `nginx grew to ${peaks.nginxBytes} bytes`,
    );
    assert.ok(peaks.temporaryBytes <= mebibyte, `nginx had ${peaks.temporaryBytes} bytes in temporary files`);
  });
});

test('X-Accel-Redirect: nginx sends the blobs itself', needsPrograms('nginx', 'openssl'), async (t) => {
  const directory = scratchDirectory();
  await placeCertificate(directory);
  const places = {
    directory,
    upstream: await freePort(),
    plainPort: await freePort(),
    port: await freePort(),
  };
  const front = { url: `https://127.0.0.1:${places.port}`, host: `127.0.0.1:${places.port}` };
  const server = await startServer({
    port: places.upstream,
    configuration: {
      SERVER_HOSTNAME: front.host,
      EXTERNAL_TLS_TERMINATION: true,
      TRUSTED_PROXY_CIDR: '127.0.0.0/8',
      X_ACCEL_REDIRECT_PREFIX: '/_storage',
    },
  });
  t.after(() => server.dispose());
  const [, location = ''] = blocks;
  assert.ok(location.includes('/var/lib/wharf/storage/'));
  const more = location.replace('/var/lib/wharf/storage/', `${server.dataDirectory}/storage/`);
  const nginx = await startNginx(directory, writeConfiguration(places, more), places.port);
  t.after(() => nginx.stop());
  await initializeServer(front);
  const client = createPushClient({ server: front, repository: 'admin/app' });
  t.after(() => client.close());
  const blob = makePushBlob(createRandom('accel').bytes(5 * mebibyte));
  await client.pushBlob(blob, 'docker');
  const whole = await client.expect(200, 'GET', `blobs/${blob.digest}`);
  assert.ok(whole.body.equals(blob.bytes));
  assert.equal(whole.headers.etag, `"${blob.digest}"`);
  assert.equal(whole.headers['docker-content-digest'], blob.digest);
  assert.equal(whole.headers['strict-transport-security'], 'max-age=63072000; preload');
  const part = await client.expect(206, 'GET', `blobs/${blob.digest}`, { headers: { range: 'bytes=10-29' } });
  assert.ok(part.body.equals(blob.bytes.subarray(10, 30)));
  const hex = blob.digest.slice('sha256:'.length);
  assert.equal((await client.call('GET', `/_storage/sha256/${hex.slice(0, 2)}/${hex}`)).status, 404);
});

function rssOf(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+([0-9]+) kB/m.exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
