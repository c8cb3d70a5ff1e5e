import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Database } from '@wharf/server/src/db/database.ts';
import { migrate } from '@wharf/server/src/db/migrate.ts';
import { openDatabase } from '@wharf/server/src/db/open-database.ts';
import type { DatabaseServer } from '@wharf/server/src/testing/database-server.ts';
import { startMariadb } from '@wharf/server/src/testing/mariadb.ts';
import { startPostgresql } from '@wharf/server/src/testing/postgresql.ts';
import { median } from '#/statistics.ts';

export interface BenchDatabase {
  readonly name: string;
  readonly title: string;
  /** Hands a new database to `measure` and removes it afterwards. */
  use<Result>(measure: (database: Database) => Promise<Result>): Promise<Result>;
}

/** The databases on which cases of lists run, in this process and without HTTP. */
export const benchDatabases: readonly BenchDatabase[] = [
  { name: 'sqlite', title: 'SQLite', use: useSqlite },
  { name: 'postgresql', title: 'PostgreSQL', use: usePostgresql },
];

/** MariaDB, where it is installed: for cases whose content it can make. */
export const mariadbDatabase: BenchDatabase = { name: 'mariadb', title: 'MariaDB', use: useMariadb };

const times = 50;

/** Median milliseconds of a list that must have so many rows, after as many calls that only warm up. */
export async function medianOfList(
  rows: number,
  list: () => Promise<{ readonly length: number }>,
): Promise<number> {
  const taken: number[] = [];
  for (let index = 0; index < 2 * times; index += 1) {
    const startedAt = performance.now();
    const { length } = await list();
    if (length !== rows) throw new Error(`a list has ${length} rows instead of ${rows}`);
    if (index >= times) taken.push(performance.now() - startedAt);
  }
  return median(taken);
}

async function useSqlite<Result>(measure: (database: Database) => Promise<Result>): Promise<Result> {
  const path = join(tmpdir(), `wharf-bench-${randomUUID()}.db`);
  const database = await openDatabase({ uri: `sqlite:///${path}` });
  try {
    await migrate(database);
    return await measure(database);
  } finally {
    await database.close();
    await Promise.all(['', '-wal', '-shm'].map((suffix) => rm(`${path}${suffix}`, { force: true })));
  }
}

async function usePostgresql<Result>(measure: (database: Database) => Promise<Result>): Promise<Result> {
  return await useServer(startPostgresql, measure);
}

async function useMariadb<Result>(measure: (database: Database) => Promise<Result>): Promise<Result> {
  return await useServer(startMariadb, measure);
}

async function useServer<Result>(
  start: () => Promise<DatabaseServer>,
  measure: (database: Database) => Promise<Result>,
): Promise<Result> {
  const server = await start();
  const database = await openDatabase({ uri: server.uri });
  try {
    await migrate(database);
    return await measure(database);
  } finally {
    await database.close();
    await server.stop();
  }
}
