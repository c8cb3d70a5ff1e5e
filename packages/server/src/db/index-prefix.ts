import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Db } from './database.ts';
import { dialectOf } from './dialect-of.ts';

/**
 * `column = value` for a column that leads an index in whose order a page is read. MySQL and MariaDB take an equality as reason to read all
 * entries of that value and to look at each; said as a range of one value, the columns behind it bound what they read as elsewhere. Order by
 * the column too: it is constant, and they do not see it.
 */
export function indexPrefix(db: Db, column: string, value: number): RawBuilder<SqlBool> {
  const name = sql.ref(column);
  return dialectOf(db) === 'mysql'
    ? sql<SqlBool>`(${name} >= ${value} and ${name} <= ${value})`
    : sql<SqlBool>`${name} = ${value}`;
}
