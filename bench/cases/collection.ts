import { expireBlobLinks } from '@wharf/server/src/domain/blobs/index.ts';
import { collectTags } from '@wharf/server/src/domain/gc/index.ts';
import { manualClock } from '@wharf/server/src/platform/clock.ts';
import { countBlobs, fillGarbage } from '@wharf/server/src/testing/fill-garbage.ts';
import { type BenchCase, onWharf } from '#/cases/bench-case.ts';
import { type BenchDatabase, benchDatabases } from '#/cases/databases.ts';

const dead = 10_000;
const few = 20_000;
const many = 500_000;
const endedMs = Date.UTC(2026, 0, 1);
const monthMs = 30 * 24 * 3600 * 1000;

/** Collection of the same garbage in a small and in a big store, up to where the deleter takes over; in this process, without HTTP. */
export const collectionCases: readonly BenchCase[] = benchDatabases.map((target) => ({
  kind: 'single',
  name: `collection-${target.name}`,
  title: `collection of ${dead.toLocaleString('en')} dead blobs among ${few.toLocaleString('en')} and ${many.toLocaleString('en')}, ${target.title}`,
  once: true,
  appliesTo: onWharf,
  async measure() {
    const small = await collect(target, few);
    const big = await collect(target, many);
    return {
      fewSeconds: small.seconds,
      manySeconds: big.seconds,
      fewCpuSeconds: small.cpuSeconds,
      manyCpuSeconds: big.cpuSeconds,
    };
  },
}));

function collect({ use }: BenchDatabase, blobs: number) {
  return use(async (database) => {
    await fillGarbage(database, { live: blobs - dead, dead, endedMs });
    const clock = manualClock(endedMs + monthMs);
    const startedAt = performance.now();
    const cpu = process.cpuUsage();
    await collectTags({ database, clock });
    // What manifests left are links that end a little later.
    clock.advanceMs(monthMs);
    await expireBlobLinks({ database, clock });
    const seconds = (performance.now() - startedAt) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    const left = await countBlobs(database.read);
    if (left !== blobs - dead) throw new Error(`${left} blobs are left instead of ${blobs - dead}`);
    return { seconds, cpuSeconds: (user + system) / 1e6 };
  });
}
