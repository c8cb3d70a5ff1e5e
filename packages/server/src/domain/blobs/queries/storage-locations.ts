import type { Db } from '#/db/database.ts';
import { insertIgnore } from '#/db/insert-ignore.ts';

/** Id of a storage location by its name; the row is made when it is new. */
export async function ensureLocation(db: Db, name: string): Promise<number> {
  await insertIgnore(db, 'storage_locations', { name });
  const row = await db
    .selectFrom('storage_locations')
    .select('id')
    .where('name', '=', name)
    .executeTakeFirstOrThrow();
  return row.id;
}

export async function findLocation(db: Db, name: string): Promise<number | undefined> {
  const row = await db
    .selectFrom('storage_locations')
    .select('id')
    .where('name', '=', name)
    .executeTakeFirst();
  return row?.id;
}
