import { type BenchCase, type LoadCase, onRegistries } from '#/cases/bench-case.ts';
import { createPayload, mebibyte } from '#/registry/payload.ts';
import { type Destination, type PushMode, pushBlob, pushManifest } from '#/registry/push.ts';
import type { Target } from '#/targets/target.ts';

/** Bytes that one measurement pushes at most: keeps the disk from filling and write-back from spoiling the next one. */
const maxPushedMebibytes = 800;
const maxPushes = 300;

const modeTitles: Readonly<Record<PushMode, string>> = {
  monolithic: 'push, monolithic',
  chunked: 'push, chunks of 10 MiB',
  streamed: 'push, streamed',
};

export const pushCases: readonly BenchCase[] = [
  ...[1, 10, 100].map((size) => pushCase('monolithic', size)),
  ...[1, 10, 100].map((size) => pushCase('chunked', size)),
  ...[1, 10, 100].map((size) => pushCase('streamed', size)),
  mixedCase('monolithic'),
  mixedCase('chunked'),
];

function pushCase(mode: PushMode, size: number): LoadCase {
  return {
    kind: 'load',
    name: `push-${mode}-${size}mb`,
    title: `${modeTitles[mode]}, ${size} MiB`,
    aim: 1.5,
    connections: 8,
    maxOperations: Math.max(8, Math.min(maxPushes, Math.floor(maxPushedMebibytes / size))),
    appliesTo: onRegistries,
    async prepare(target) {
      const destination = await openDestination(target);
      return (connection, index) => pushImage(connection, destination, index, size, mode);
    },
  };
}

/** A third each of 1, 10 and 100 MiB, in turn. */
function mixedCase(mode: PushMode): LoadCase {
  const sizes = [1, 10, 100];
  return {
    kind: 'load',
    name: `push-${mode}-mixed`,
    title: `${modeTitles[mode]}, a third each of 1, 10, 100 MiB`,
    aim: 1.5,
    connections: 8,
    maxOperations: 24,
    appliesTo: onRegistries,
    async prepare(target) {
      const destination = await openDestination(target);
      return (connection, index) =>
        pushImage(connection, destination, index, sizes[index % sizes.length] ?? 1, mode);
    },
  };
}

/** A repository that may be pushed to and pulled from. */
export async function openDestination(target: Target, name = 'bench'): Promise<Destination> {
  const repository = `${target.namespace}${name}`;
  return { repository, headers: await target.authorize(`repository:${repository}:pull,push`) };
}

/** Pushes an image of one layer under a new tag; returns the layer's bytes. */
export async function pushImage(
  connection: Parameters<typeof pushBlob>[0],
  destination: Destination,
  index: number,
  sizeMebibytes: number,
  mode: PushMode,
): Promise<number> {
  const layer = createPayload(sizeMebibytes * mebibyte);
  await pushBlob(connection, destination, layer, mode);
  await pushManifest(connection, destination, `tag-${index}`, [layer]);
  return layer.sizeBytes;
}
