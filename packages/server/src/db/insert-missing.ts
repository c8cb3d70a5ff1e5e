import { sql } from 'kysely';
import type { Db } from './database.ts';
import { dialectOf } from './dialect-of.ts';
import type { NewRow, Schema } from './schema.ts';

const rowsPerStatement = 200;

/** Inserts those of the rows whose unique key is free. Other violations throw. */
export async function insertMissing<Table extends keyof Schema>(
  db: Db,
  table: Table,
  rows: readonly NewRow<Table>[],
): Promise<void> {
  for (let start = 0; start < rows.length; start += rowsPerStatement) {
    const part = rows.slice(start, start + rowsPerStatement);
    const query = db.insertInto(table).values(part);
    if (dialectOf(db) === 'mysql') {
      // INSERT IGNORE would hide other violations.
      const [column] = Object.keys(part[0] ?? {});
      const same = sql.ref(column ?? 'id');
      await query.modifyEnd(sql`on duplicate key update ${same} = ${same}`).execute();
    } else {
      await query.onConflict((conflict) => conflict.doNothing()).execute();
    }
  }
}
