import { sql } from 'kysely';
import type { Database } from './database.ts';

/** What a database says about itself. */
export interface DatabaseInstance {
  /** Such as `PostgreSQL 15.20`. */
  readonly product: string;
  /** Its clock. */
  readonly nowMs: number;
}

/** Asks for version and time; throws DatabaseUnavailableError or the driver's error. */
export async function describeInstance(database: Database): Promise<DatabaseInstance> {
  const query = {
    sqlite: sql<Row>`select sqlite_version() as version, (julianday('now') - 2440587.5) * 86400000 as now`,
    postgresql: sql<Row>`
      select current_setting('server_version') as version, extract(epoch from clock_timestamp()) * 1000 as now`,
    mysql: sql<Row>`select version() as version, unix_timestamp(now(3)) * 1000 as now`,
  }[database.dialect];
  const { rows } = await query.execute(database.read);
  const { version = '', now = 0 } = rows[0] ?? {};
  const name = { sqlite: 'SQLite', postgresql: 'PostgreSQL', mysql: 'MySQL' }[database.dialect];
  return {
    product: `${/mariadb/i.test(version) ? 'MariaDB' : name} ${version.split(/[ -]/)[0] ?? ''}`,
    nowMs: Number(now),
  };
}

interface Row {
  version: string;
  now: number | string;
}
