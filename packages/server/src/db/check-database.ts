import type { Database } from './database.ts';

/** Resolves when the database answers a query on our tables; throws DatabaseUnavailableError or the driver's error. */
export async function checkDatabase(database: Database): Promise<void> {
  await database.read.selectFrom('storage_locations').select('id').limit(1).execute();
}
