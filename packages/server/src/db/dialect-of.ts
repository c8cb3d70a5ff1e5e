import { MysqlAdapter, PostgresAdapter } from 'kysely';
import type { Db, DialectName } from './database.ts';

/** Which product a handle talks to. */
export function dialectOf(db: Db): DialectName {
  const { adapter } = db.getExecutor();
  if (adapter instanceof PostgresAdapter) return 'postgresql';
  return adapter instanceof MysqlAdapter ? 'mysql' : 'sqlite';
}
