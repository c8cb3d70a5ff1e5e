import type { Database } from '@wharf/server/src/db/database.ts';
import { listActionLogs } from '@wharf/server/src/domain/logs/index.ts';
import { fillActionLog } from '@wharf/server/src/testing/fill-action-log.ts';
import { type BenchCase, onWharf } from '#/cases/bench-case.ts';
import { type BenchDatabase, benchDatabases } from '#/cases/databases.ts';
import { median } from '#/statistics.ts';

const few = 10_000;
const many = 1_000_000;
const times = 200;
const pageSize = 20;
/** Of one in four entries; the rest belongs to many others. */
const accountId = 7;
const startMs = Date.UTC(2026, 0, 1);

export const logListCases: readonly BenchCase[] = benchDatabases.map(logListCase);

/** The first page of a namespace's log, and one from its middle, in a small and in a big log; in this process, without HTTP. */
function logListCase({ name, title, use }: BenchDatabase): BenchCase {
  return {
    kind: 'single',
    name: `log-list-${name}`,
    title: `log, a page of 20 of ${few.toLocaleString('en')} and of ${many.toLocaleString('en')} entries, ${title}`,
    once: true,
    appliesTo: onWharf,
    measure: () =>
      use(async (database) => {
        await fillActionLog(database, { from: 0, to: few, startMs, accountId });
        const small = await measurePages(database, few);
        await fillActionLog(database, { from: few, to: many, startMs, accountId });
        const big = await measurePages(database, many);
        return {
          fewFirstMs: small.firstMs,
          manyFirstMs: big.firstMs,
          fewMiddleMs: small.middleMs,
          manyMiddleMs: big.middleMs,
        };
      }),
  };
}

async function measurePages(database: Database, entries: number) {
  const selection = {
    scope: { kind: 'namespace', accountId } as const,
    fromMs: startMs,
    untilMs: startMs + many,
  };
  const page = (before?: { createdMs: number; id: number }) =>
    listActionLogs({ database }, { ...selection, before, limit: pageSize });
  const middle = { createdMs: startMs + entries / 2, id: entries / 2 };
  return { firstMs: await measure(() => page()), middleMs: await measure(() => page(middle)) };
}

/** Median milliseconds, after as many calls that only warm up. */
async function measure(call: () => Promise<{ readonly entries: readonly unknown[] }>): Promise<number> {
  const taken: number[] = [];
  for (let index = 0; index < 2 * times; index += 1) {
    const startedAt = performance.now();
    const { entries } = await call();
    if (entries.length !== pageSize) throw new Error(`a page of the log has ${entries.length} entries`);
    if (index >= times) taken.push(performance.now() - startedAt);
  }
  return median(taken);
}
