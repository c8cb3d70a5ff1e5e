import { type SelectQueryBuilder, sql } from 'kysely';
import type { Db } from './database.ts';
import { dialectOf } from './dialect-of.ts';
import type { Schema } from './schema.ts';

/**
 * The query with the weakest lock that keeps the rows from being removed, which any number of transactions may hold at once;
 * unchanged on SQLite, where a transaction already is the only writer.
 */
export function lockRowShared<Table extends keyof Schema, Output>(
  db: Db,
  query: SelectQueryBuilder<Schema, Table, Output>,
): SelectQueryBuilder<Schema, Table, Output> {
  const dialect = dialectOf(db);
  if (dialect === 'sqlite') return query;
  // MariaDB knows no FOR SHARE; both products understand the older words.
  return dialect === 'postgresql' ? query.forKeyShare() : query.modifyEnd(sql`lock in share mode`);
}
