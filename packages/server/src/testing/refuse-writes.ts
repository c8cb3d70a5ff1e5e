import { sql } from 'kysely';
import type { Database } from '#/db/database.ts';

/** Makes an SQLite database take no writes from now on, as one on a file system that was remounted read-only. */
export async function refuseWrites(database: Database): Promise<void> {
  await database.transaction(async (db) => {
    await sql`pragma query_only = on`.execute(db);
  });
}
