import { once } from 'node:events';
import { Agent, get } from 'node:https';
import { connect } from 'node:tls';
import { type Http2Client, openHttp2 } from '@wharf/server/src/testing/http2-client.ts';
import { createPushClient, type PushClient } from '@wharf/server/src/testing/push-client.ts';
import { makePushBlob } from '@wharf/server/src/testing/push-image.ts';
import { initializeServer } from '@wharf/server/src/testing/server-process.ts';
import { startTlsServer } from '@wharf/server/src/testing/tls-server.ts';
import { type BenchCase, onWharf, type Sample } from '#/cases/bench-case.ts';
import { startDelayingRelay } from '#/http/delaying-relay.ts';
import { watchUsage } from '#/process/watch-usage.ts';
import { createPayload, mebibyte } from '#/registry/payload.ts';
import { percentile } from '#/statistics.ts';
import type { TargetKind } from '#/targets/target.ts';
import { startTlsTarget, type TlsTarget } from '#/targets/tls.ts';

const connections = 8;
/** Of a round trip through the relay, half in each direction. */
const roundTripMs = 20;
const layerMebibytes = 64;
const layersTogether = 8;

const onWharfAndNginx = (kind: TargetKind): boolean => kind.role !== 'peer';

export const tlsCases: readonly BenchCase[] = [
  overTls('tls-handshake', 'TLS handshakes, each on a new connection', ({ port }) => async () => {
    const socket = connect({ port, host: '127.0.0.1', servername: 'localhost', ALPNProtocols: ['http/1.1'] });
    await once(socket, 'secureConnect');
    socket.destroy();
    return 0;
  }),
  overTls('tls-pull-1mb', 'pull over TLS, 1 MiB', (target) => {
    const agent = new Agent({ keepAlive: true, maxSockets: connections });
    return () =>
      new Promise((resolve, reject) => {
        get(`${target.url}${target.path}`, { agent, headers: target.headers }, (response) => {
          let bytes = 0;
          response.on('data', (piece: Buffer) => {
            bytes += piece.length;
          });
          response.on('end', () => resolve(bytes));
          response.on('error', reject);
        }).on('error', reject);
      });
  }),
  {
    kind: 'single',
    name: 'upload-far',
    title: `uploads over TLS to a place ${roundTripMs} ms away`,
    appliesTo: onWharf,
    measure: () => measureUploads(),
  },
];

/** The same operation over and over on some connections. */
function overTls(
  name: string,
  title: string,
  prepare: (target: TlsTarget) => () => Promise<number>,
): BenchCase {
  return {
    kind: 'single',
    name,
    title,
    appliesTo: onWharfAndNginx,
    async measure(kind, { seconds }) {
      const target = await startTlsTarget(kind.role, Buffer.concat([...createPayload(mebibyte).pieces()]));
      try {
        const operation = prepare(target);
        await repeat(operation, 1, target.pid);
        return await repeat(operation, seconds, target.pid);
      } finally {
        await target.dispose();
      }
    },
  };
}

async function repeat(operation: () => Promise<number>, seconds: number, pid: number): Promise<Sample> {
  const latenciesMs: number[] = [];
  let bytes = 0;
  const watch = watchUsage(pid);
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: connections }, async () => {
      for (let now = startedAt; now < startedAt + seconds * 1000; ) {
        const moved = await operation();
        bytes += moved;
        latenciesMs.push(performance.now() - now);
        now = performance.now();
      }
    }),
  );
  const elapsedSeconds = (performance.now() - startedAt) / 1000;
  const { cpuSeconds, peakResidentBytes } = watch.stop();
  const count = latenciesMs.length;
  return {
    perSecond: count / elapsedSeconds,
    ...(bytes === 0 ? {} : { megabytesPerSecond: bytes / 1e6 / elapsedSeconds }),
    p50Ms: percentile(latenciesMs, 0.5),
    p99Ms: percentile(latenciesMs, 0.99),
    cpuMs: (cpuSeconds * 1000) / count,
    peakMegabytes: peakResidentBytes / 1e6,
  };
}

/** One large layer, and several at once, over HTTP/1.1 with a connection for each and over one connection of HTTP/2. */
async function measureUploads(): Promise<Sample> {
  const server = await startTlsServer({});
  const relay = await startDelayingRelay(server.port, roundTripMs / 2);
  let http2: Http2Client | undefined;
  try {
    await initializeServer(server);
    const far = { url: `https://127.0.0.1:${relay.port}`, host: `127.0.0.1:${relay.port}` };
    http2 = await openHttp2(far.url);
    const plain = createPushClient({ server: far, repository: 'admin/far' });
    const multiplexed = createPushClient({ server: far, repository: 'admin/far', transport: http2.call });
    const sample = {
      http1Alone: await upload(plain, 1, layerMebibytes),
      http2Alone: await upload(multiplexed, 1, layerMebibytes),
      http1Together: await upload(plain, layersTogether, layerMebibytes / layersTogether),
      http2Together: await upload(multiplexed, layersTogether, layerMebibytes / layersTogether),
    };
    plain.close();
    multiplexed.close();
    return sample;
  } finally {
    http2?.close();
    relay.close();
    await server.dispose();
  }
}

/** Megabytes a second of layers that go up at the same time, each as docker sends it. */
async function upload(client: PushClient, count: number, mebibytes: number): Promise<number> {
  await client.pushBlob(makePushBlob(Buffer.from(`warm ${count} ${performance.now()}`)), 'docker');
  const blobs = Array.from({ length: count }, () =>
    makePushBlob(Buffer.concat([...createPayload(mebibytes * mebibyte).pieces()])),
  );
  const startedAt = performance.now();
  await Promise.all(blobs.map((blob) => client.pushBlob(blob, 'docker')));
  return (count * mebibytes * mebibyte) / 1e6 / ((performance.now() - startedAt) / 1000);
}
