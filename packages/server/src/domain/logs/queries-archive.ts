import type { Db } from '#/db/database.ts';

/** A batch of the oldest entries on its way to the store: everything up to its last entry, in the order of (created, id). */
export interface ArchiveBatch {
  readonly firstId: number;
  readonly lastId: number;
  readonly lastCreatedMs: number;
}

/** A batch that was begun and not finished. */
export async function findArchiveBatch(db: Db): Promise<ArchiveBatch | undefined> {
  const row = await db.selectFrom('action_log_archives').selectAll().limit(1).executeTakeFirst();
  return row && { firstId: row.first_id, lastId: row.last_id, lastCreatedMs: row.last_created_ms };
}

export async function insertArchiveBatch(db: Db, batch: ArchiveBatch): Promise<void> {
  await db
    .insertInto('action_log_archives')
    .values({ first_id: batch.firstId, last_id: batch.lastId, last_created_ms: batch.lastCreatedMs })
    .execute();
}

/** False when somebody else finished the batch. */
export async function deleteArchiveBatch(db: Db, batch: ArchiveBatch): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('action_log_archives')
    .where('first_id', '=', batch.firstId)
    .where('last_id', '=', batch.lastId)
    .executeTakeFirstOrThrow();
  return numDeletedRows > 0n;
}

export async function deleteEntries(db: Db, ids: readonly number[]): Promise<void> {
  if (ids.length > 0) await db.deleteFrom('action_logs').where('id', 'in', ids).execute();
}
