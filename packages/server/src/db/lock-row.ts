import type { SelectQueryBuilder } from 'kysely';
import type { Db } from './database.ts';
import { dialectOf } from './dialect-of.ts';
import type { Schema } from './schema.ts';

/** The query with FOR UPDATE; unchanged on SQLite, where a transaction already is the only writer. */
export function lockRow<Table extends keyof Schema, Output>(
  db: Db,
  query: SelectQueryBuilder<Schema, Table, Output>,
): SelectQueryBuilder<Schema, Table, Output> {
  return dialectOf(db) === 'sqlite' ? query : query.forUpdate();
}
