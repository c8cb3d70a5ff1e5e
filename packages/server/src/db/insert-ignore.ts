import { sql } from 'kysely';
import type { Db } from './database.ts';
import { dialectOf } from './dialect-of.ts';
import type { NewRow, Schema } from './schema.ts';

/** What MySQL reports as new id when the row was there already: no real id is ever that large. */
const existedMarker = Number.MAX_SAFE_INTEGER;

/** Inserts one row; false when a row with the same unique key exists. Other violations throw. */
export async function insertIgnore<Table extends keyof Schema>(
  db: Db,
  table: Table,
  values: NewRow<Table>,
): Promise<boolean> {
  const query = db.insertInto(table).values(values);
  if (dialectOf(db) === 'mysql') {
    // INSERT IGNORE would hide other violations, and the count of changed rows does not tell the cases apart.
    const [column] = Object.keys(values);
    const keep = sql`on duplicate key update ${sql.ref(column ?? 'id')} = if(last_insert_id(${sql.lit(existedMarker)}), ${sql.ref(column ?? 'id')}, ${sql.ref(column ?? 'id')})`;
    const { insertId } = await query.modifyEnd(keep).executeTakeFirstOrThrow();
    return insertId !== BigInt(existedMarker);
  }
  const { numInsertedOrUpdatedRows } = await query
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n;
}
