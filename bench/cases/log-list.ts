import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Database } from '@wharf/server/src/db/database.ts';
import { migrate } from '@wharf/server/src/db/migrate.ts';
import { openDatabase } from '@wharf/server/src/db/open-database.ts';
import { listActionLogs } from '@wharf/server/src/domain/logs/index.ts';
import { fillActionLog } from '@wharf/server/src/testing/fill-action-log.ts';
import { startPostgresql } from '@wharf/server/src/testing/postgresql.ts';
import { type BenchCase, onWharf } from '#/cases/bench-case.ts';
import { median } from '#/statistics.ts';

const few = 10_000;
const many = 1_000_000;
const times = 200;
const pageSize = 20;
/** Of one in four entries; the rest belongs to many others. */
const accountId = 7;
const startMs = Date.UTC(2026, 0, 1);

interface OpenedDatabase {
  readonly database: Database;
  remove(): Promise<void>;
}

export const logListCases: readonly BenchCase[] = [
  logListCase('sqlite', 'SQLite', openSqlite),
  logListCase('postgresql', 'PostgreSQL', openPostgresql),
];

/** The first page of a namespace's log, and one from its middle, in a small and in a big log; in this process, without HTTP. */
function logListCase(name: string, title: string, open: () => Promise<OpenedDatabase>): BenchCase {
  return {
    kind: 'single',
    name: `log-list-${name}`,
    title: `log, a page of 20 of ${few.toLocaleString('en')} and of ${many.toLocaleString('en')} entries, ${title}`,
    once: true,
    appliesTo: onWharf,
    async measure() {
      const { database, remove } = await open();
      try {
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
      } finally {
        await remove();
      }
    },
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

async function openSqlite(): Promise<OpenedDatabase> {
  const path = join(tmpdir(), `wharf-bench-${randomUUID()}.db`);
  const database = await openDatabase({ uri: `sqlite:///${path}` });
  await migrate(database);
  return {
    database,
    async remove() {
      await database.close();
      await Promise.all(['', '-wal', '-shm'].map((suffix) => rm(`${path}${suffix}`, { force: true })));
    },
  };
}

async function openPostgresql(): Promise<OpenedDatabase> {
  const server = await startPostgresql();
  const database = await openDatabase({ uri: server.uri });
  await migrate(database);
  return {
    database,
    async remove() {
      await database.close();
      await server.stop();
    },
  };
}
