import { sql } from 'kysely';
import type { Db } from './database.ts';
import { dialectOf } from './dialect-of.ts';
import type { Target } from './migrations/columns.ts';

/** The database server is too old or set up in a way that Wharf cannot use. */
export class UnsupportedServerError extends Error {
  constructor(problem: string) {
    super(problem);
    this.name = 'UnsupportedServerError';
  }
}

/** What migrations must know about the server. Throws UnsupportedServerError. */
export async function describeTarget(db: Db): Promise<Target> {
  const dialect = dialectOf(db);
  if (dialect === 'postgresql') await assertUtf8(db);
  return { dialect, collation: dialect === 'mysql' ? bytewiseCollation(await readVersion(db)) : '' };
}

/**
 * The collation of MySQL or MariaDB that compares bytes. `utf8mb4_bin` does not: it ignores trailing spaces. Throws
 * UnsupportedServerError.
 */
export function bytewiseCollation(version: string): string {
  // Replication-safe MariaDB versions start with a made-up 5.5.5-.
  const [major = 0, minor = 0, patch = 0] = version
    .replace(/^5\.5\.5-/, '')
    .split(/[.-]/)
    .map(Number);
  const number = major * 10_000 + minor * 100 + patch;
  if (version.includes('MariaDB')) {
    if (number >= 10_05_00) return 'utf8mb4_nopad_bin';
    throw new UnsupportedServerError(`MariaDB ${version} is too old: 10.5 or newer is needed`);
  }
  if (number >= 8_00_17) return 'utf8mb4_0900_bin';
  throw new UnsupportedServerError(`MySQL ${version} is too old: 8.0.17 or newer is needed`);
}

export async function tableExists(db: Db, name: string): Promise<boolean> {
  const query = {
    sqlite: sql`select 1 from sqlite_master where type = 'table' and name = ${name}`,
    postgresql: sql`select 1 where to_regclass(${name}) is not null`,
    mysql: sql`select 1 from information_schema.tables where table_schema = database() and table_name = ${name}`,
  }[dialectOf(db)];
  return (await query.execute(db)).rows.length > 0;
}

async function readVersion(db: Db): Promise<string> {
  const { rows } = await sql<{ version: string }>`select version() as version`.execute(db);
  return rows[0]?.version ?? '';
}

async function assertUtf8(db: Db): Promise<void> {
  const { rows } = await sql<{ encoding: string }>`
    select current_setting('server_encoding') as encoding`.execute(db);
  const encoding = rows[0]?.encoding;
  if (encoding !== 'UTF8') {
    throw new UnsupportedServerError(
      `the PostgreSQL database has the encoding ${encoding}; create it with ENCODING 'UTF8'`,
    );
  }
}
