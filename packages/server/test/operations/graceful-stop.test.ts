import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '#/testing/eventually.ts';
import { createPushClient, type PushClient } from '#/testing/push-client.ts';
import { makePushBlob } from '#/testing/push-image.ts';
import { createRandom } from '#/testing/push-random.ts';
import { chunk, openRawConnection, requestHead } from '#/testing/push-socket.ts';
import { scratchDirectory } from '#/testing/scratch-directory.ts';
import {
  createRepository,
  initializeServer,
  type ServerProcess,
  startServer,
} from '#/testing/server-process.ts';

/** What the server gives to requests in flight, and a little to end. */
const graceMs = 25_000;
const stopLimitMs = graceMs + 8_000;

const random = createRandom('graceful stop');

describe('SIGTERM', { concurrency: true }, () => {
  const servers: ServerProcess[] = [];
  after(() => Promise.all(servers.map((server) => server.dispose())));

  async function start(dataDirectory: string): Promise<{ server: ServerProcess; client: PushClient }> {
    const server = await startServer({ dataDirectory, configuration: {} });
    servers.push(server);
    return { server, client: createPushClient({ server, repository: 'admin/app' }) };
  }

  async function first(): Promise<{ server: ServerProcess; client: PushClient; dataDirectory: string }> {
    const dataDirectory = scratchDirectory();
    const started = await start(dataDirectory);
    await initializeServer(started.server);
    await createRepository(started.server, 'admin', 'app');
    return { ...started, dataDirectory };
  }

  test('an upload and a download in flight are finished, nothing new is taken, the exit code is 0', async () => {
    const { server, client, dataDirectory } = await first();
    const big = makePushBlob(random.bytes(24 * 1024 * 1024));
    await client.pushBlob(big, 'docker');
    const blob = makePushBlob(random.bytes(60_000));
    const path = await client.startUpload(blob);
    const authorization = `Bearer ${await client.token()}`;

    const upload = await openRawConnection(server.port);
    upload.write(
      requestHead('PATCH', path, { host: server.host, authorization, 'transfer-encoding': 'chunked' }),
    );
    upload.write(chunk(blob.bytes.subarray(0, 20_000)));
    const download = await openRawConnection(server.port);
    download.write(
      requestHead('GET', `/v2/admin/app/blobs/${big.digest}`, { host: server.host, authorization }),
    );
    await download.waitFor(/^HTTP\/1\.1 200 /);
    download.socket.pause();
    const idle = await openRawConnection(server.port);
    idle.write(requestHead('GET', '/v2/', { host: server.host, authorization }));
    await idle.waitFor(/^HTTP\/1\.1 200 /);

    const stopping = server.stop();
    const signalledAt = performance.now();
    await untilRefused(server.port);
    await idle.waitForEnd(5_000);
    upload.write(chunk(blob.bytes.subarray(20_000, 40_000)));
    await sleep(1_000);
    upload.write(chunk(blob.bytes.subarray(40_000)));
    upload.write('0\r\n\r\n');
    await upload.waitFor(/^HTTP\/1\.1 202 /);
    download.socket.resume();
    await stopping;
    assert.ok(performance.now() - signalledAt < graceMs, 'ended as soon as the requests had');
    const text = download.received();
    const body = Buffer.from(text.slice(text.indexOf('\r\n\r\n') + 4), 'latin1');
    assert.ok(body.equals(big.bytes), `${body.length} of ${big.bytes.length} bytes came`);
    client.close();

    const again = await start(dataDirectory);
    await again.client.commitUpload(path, blob);
    assert.ok((await again.client.pullBlob(blob.digest)).equals(blob.bytes));
    again.client.close();
    await again.server.dispose();
  });

  test('an upload that does not end is kept as far as it came, within the grace period', async () => {
    const { server, client, dataDirectory } = await first();
    const blob = makePushBlob(random.bytes(50_000));
    const path = await client.startUpload(blob);
    await client.sendChunk(path, blob.bytes.subarray(0, 10_000), 0);
    const authorization = `Bearer ${await client.token()}`;
    client.close();
    const upload = await openRawConnection(server.port);
    upload.write(
      requestHead('PATCH', path, { host: server.host, authorization, 'transfer-encoding': 'chunked' }),
    );
    upload.write(chunk(blob.bytes.subarray(10_000, 30_000)));
    await eventually('the upload is being received', 10_000, async () => {
      const metrics = await (await fetch(server.metricsUrl)).text();
      return /^\w*http_requests_in_flight(?:\{\S*\})? 1$/m.test(metrics);
    });
    const signalledAt = performance.now();
    await server.stop();
    assert.ok(performance.now() - signalledAt < stopLimitMs);
    await upload.waitForEnd(1_000);

    const again = await start(dataDirectory);
    const state = await again.client.expect(204, 'GET', path);
    assert.equal(state.headers.range, '0-29999');
    await again.client.sendChunk(path, blob.bytes.subarray(30_000), 30_000);
    await again.client.commitUpload(path, blob);
    assert.ok((await again.client.pullBlob(blob.digest)).equals(blob.bytes));
    again.client.close();
    await again.server.dispose();
  });
});

/** While requests are in flight, new ones are taken for some seconds more, until balancers know. */
async function untilRefused(port: number): Promise<void> {
  const giveUpAt = performance.now() + 12_000;
  for (;;) {
    try {
      const connection = await openRawConnection(port);
      connection.close();
    } catch {
      return;
    }
    assert.ok(performance.now() < giveUpAt, 'still takes connections');
    await sleep(20);
  }
}
