import { type BenchCase, everywhere, type LoadCase, onRegistries } from '#/cases/bench-case.ts';
import { openDestination, pushImage } from '#/cases/push.ts';
import { type Connection, openConnection } from '#/http/connection.ts';
import { expectStatus } from '#/registry/expect-status.ts';
import { createPayload, mebibyte } from '#/registry/payload.ts';
import { type Destination, pushBlob } from '#/registry/push.ts';
import type { Target } from '#/targets/target.ts';

/** Connections of every pull case. */
const connections = 8;
/** Different blobs that are pulled in turn, by size in MiB. */
const blobCounts: Readonly<Record<number, number>> = { 1: 16, 10: 8, 100: 4 };

export const pullCases: readonly BenchCase[] = [
  pullCase(1, 3),
  pullCase(10, 1.5),
  pullCase(100, 1.1),
  mixCase(
    'pull-mixed',
    'pull, 20 % 1 MiB, 70 % 10 MiB, 10 % 100 MiB',
    [1, 1, 10, 10, 10, 10, 10, 10, 10, 100],
  ),
  pullAndPushCase(),
];

function pullCase(size: number, aim: number): LoadCase {
  return { ...mixCase(`pull-${size}mb`, `pull, ${size} MiB`, [size]), aim };
}

/** Pulls blobs of the sizes in turn. */
function mixCase(name: string, title: string, sizes: readonly number[]): LoadCase {
  return {
    kind: 'load',
    name,
    title,
    connections,
    appliesTo: everywhere,
    async prepare(target) {
      const destination = await openDestination(target);
      const pull = await placeBlobs(target, destination, sizes);
      return (connection, index) => pull(connection, sizes[index % sizes.length] ?? 0, index);
    },
  };
}

/** Three pulls for every push, of 1 and 10 MiB in turn. */
function pullAndPushCase(): LoadCase {
  const sizes = [1, 10];
  return {
    kind: 'load',
    name: 'pull-and-push',
    title: 'three pulls to one push, 1 and 10 MiB',
    connections,
    maxOperations: 600,
    appliesTo: onRegistries,
    async prepare(target) {
      const destination = await openDestination(target);
      const pull = await placeBlobs(target, destination, sizes);
      return (connection, index) => {
        const size = sizes[Math.floor(index / 4) % sizes.length] ?? 1;
        if (index % 4 === 0) return pushImage(connection, destination, index, size, 'monolithic');
        return pull(connection, size, index);
      };
    },
  };
}

type Pull = (connection: Connection, sizeMebibytes: number, index: number) => Promise<number>;

/** Stores blobs of each size and returns the operation that pulls one of them. */
export async function placeBlobs(
  target: Target,
  destination: Destination,
  sizes: readonly number[],
): Promise<Pull> {
  const paths = new Map<number, string[]>();
  const connection = openConnection(target.url);
  for (const size of new Set(sizes)) {
    const placed: string[] = [];
    for (let index = 0; index < (blobCounts[size] ?? 1); index += 1) {
      const payload = createPayload(size * mebibyte);
      if (target.place === undefined) await pushBlob(connection, destination, payload, 'monolithic');
      else await target.place(destination.repository, payload.digest, payload.pieces());
      placed.push(`/v2/${destination.repository}/blobs/${payload.digest}`);
    }
    paths.set(size, placed);
  }
  connection.close();
  return async (on, size, index) => {
    const choices = paths.get(size) ?? [];
    const path = choices[index % choices.length] ?? '';
    const { bodyBytes } = await expectStatus(on, 200, { method: 'GET', path, headers: destination.headers });
    return bodyBytes;
  };
}
