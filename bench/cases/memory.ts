import { type BenchCase, onRegistries, type Sample } from '#/cases/bench-case.ts';
import { placeBlobs } from '#/cases/pull.ts';
import { openDestination, pushImage } from '#/cases/push.ts';
import { type Connection, openConnection } from '#/http/connection.ts';
import { watchUsage } from '#/process/watch-usage.ts';
import { createPayload, mebibyte } from '#/registry/payload.ts';
import { pushBlob } from '#/registry/push.ts';
import type { Target, TargetKind } from '#/targets/target.ts';

export const memoryCases: readonly BenchCase[] = [
  {
    kind: 'single',
    name: 'memory-large-upload',
    title: 'one large upload, streamed',
    once: true,
    appliesTo: onRegistries,
    measure: (kind, { largeUploadGib }) =>
      onFreshServer(kind, async (target) => {
        const destination = await openDestination(target);
        const connection = openConnection(target.url);
        await pushImage(connection, destination, 0, 10, 'streamed');
        const payload = createPayload(largeUploadGib * 1024 * mebibyte);
        const sample = await watched(target, payload.sizeBytes, () =>
          pushBlob(connection, destination, payload, 'streamed'),
        );
        connection.close();
        return { gibibytes: largeUploadGib, ...sample };
      }),
  },
  {
    kind: 'single',
    name: 'memory-pushes',
    title: 'concurrent pushes',
    once: true,
    appliesTo: onRegistries,
    measure: (kind, { crowd }) =>
      onFreshServer(kind, async (target) => {
        const destination = await openDestination(target);
        // The hash of the shared bytes is made before the clock runs.
        createPayload(crowd.mebibytes * mebibyte);
        return await crowdSample(target, crowd, (connection, index) =>
          pushImage(connection, destination, index, crowd.mebibytes, 'streamed'),
        );
      }),
  },
  {
    kind: 'single',
    name: 'memory-pulls',
    title: 'concurrent pulls',
    once: true,
    appliesTo: onRegistries,
    measure: (kind, { crowd }) =>
      onFreshServer(kind, async (target) => {
        const destination = await openDestination(target);
        const pull = await placeBlobs(target, destination, [crowd.mebibytes]);
        return await crowdSample(target, crowd, (connection, index) =>
          pull(connection, crowd.mebibytes, index),
        );
      }),
  },
];

async function onFreshServer(kind: TargetKind, work: (target: Target) => Promise<Sample>): Promise<Sample> {
  const target = await kind.start();
  try {
    return await work(target);
  } finally {
    await target.dispose();
  }
}

async function crowdSample(
  target: Target,
  crowd: { readonly transfers: number; readonly mebibytes: number },
  transfer: (connection: Connection, index: number) => Promise<number>,
): Promise<Sample> {
  const connections = Array.from({ length: crowd.transfers }, () => openConnection(target.url));
  const sample = await watched(target, crowd.transfers * crowd.mebibytes * mebibyte, () =>
    Promise.all(connections.map(transfer)),
  );
  for (const connection of connections) connection.close();
  return { transfers: crowd.transfers, mebibytes: crowd.mebibytes, ...sample };
}

async function watched(target: Target, bytes: number, work: () => Promise<unknown>): Promise<Sample> {
  const watch = target.pid === undefined ? undefined : watchUsage(target.pid);
  const startedAt = performance.now();
  await work();
  const seconds = (performance.now() - startedAt) / 1000;
  const usage = watch?.stop();
  return {
    seconds,
    megabytesPerSecond: bytes / 1e6 / seconds,
    ...(usage === undefined
      ? {}
      : {
          cpuSeconds: usage.cpuSeconds,
          idleMegabytes: usage.firstResidentBytes / 1e6,
          peakMegabytes: usage.peakResidentBytes / 1e6,
          addedMegabytes: (usage.peakResidentBytes - usage.firstResidentBytes) / 1e6,
        }),
  };
}
