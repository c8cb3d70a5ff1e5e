import { sql } from 'kysely';
import type { Db } from './database.ts';
import { dialectOf } from './dialect-of.ts';
import type { NewRow, Schema } from './schema.ts';

type TableWithId = {
  [Table in keyof Schema]: Schema[Table] extends { id: unknown } ? Table : never;
}[keyof Schema];

/** Inserts one row and returns its new id. Throws UniqueViolationError. */
export async function insertRow<Table extends TableWithId>(
  db: Db,
  table: Table,
  values: NewRow<Table>,
): Promise<number> {
  const query = db.insertInto(table).values(values);
  if (dialectOf(db) === 'postgresql') {
    const row = await query.returning(sql<number>`id`.as('id')).executeTakeFirstOrThrow();
    return row.id;
  }
  const { insertId } = await query.executeTakeFirstOrThrow();
  return Number(insertId);
}
