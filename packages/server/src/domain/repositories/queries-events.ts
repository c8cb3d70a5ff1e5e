import type { Db } from '#/db/database.ts';
import type { RepositoryState } from '#/db/schema.ts';

/**
 * Locks the repository's row until the transaction `db` ends and takes the next number of its ordered events; undefined if the
 * repository is gone. An UPDATE is the lock, because on PostgreSQL it lets the foreign keys of others pass.
 */
export async function advanceRepository(
  db: Db,
  repositoryId: number,
): Promise<{ readonly state: RepositoryState; readonly eventNumber: number } | undefined> {
  await db
    .updateTable('repositories')
    .set((eb) => ({ event_number: eb('event_number', '+', 1) }))
    .where('id', '=', repositoryId)
    .execute();
  return db
    .selectFrom('repositories')
    .select(['state', 'event_number as eventNumber'])
    .where('id', '=', repositoryId)
    .executeTakeFirst();
}
