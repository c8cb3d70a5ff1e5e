import type { Db } from '#/db/database.ts';
import { lockRow } from '#/db/lock-row.ts';

/** Hides a repository for ever and frees its name; false when it does not exist or is being deleted already. */
export async function markForDeletion(db: Db, id: number, name: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('repositories')
    .set({ state: 'MARKED_FOR_DELETION', name })
    .where('id', '=', id)
    .where('state', '<>', 'MARKED_FOR_DELETION')
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

/** Repositories of a namespace in whatever state, in order of id behind `afterId`, at most `limit`. */
export async function listRepositoryIds(
  db: Db,
  page: { readonly namespaceId: number; readonly afterId: number; readonly limit: number },
): Promise<number[]> {
  const rows = await db
    .selectFrom('repositories')
    .select('id')
    .where('namespace_id', '=', page.namespaceId)
    .where('id', '>', page.afterId)
    .orderBy('id')
    .limit(page.limit)
    .execute();
  return rows.map((row) => row.id);
}

/**
 * Removes a repository that is being deleted, with the rows that belong to it alone (foreign keys); false, and nothing done, while it
 * holds anything that leads to storage. What others add meanwhile waits for the lock and fails.
 */
export async function deleteEmptyRepository(db: Db, id: number): Promise<boolean> {
  const row = await lockRow(
    db,
    db
      .selectFrom('repositories')
      .select('id')
      .where('id', '=', id)
      .where('state', '=', 'MARKED_FOR_DELETION'),
  ).executeTakeFirst();
  if (row === undefined) return true;
  for (const table of ['tags', 'manifests', 'uploads', 'blob_links'] as const) {
    const held = await db
      .selectFrom(table)
      .select('repository_id')
      .where('repository_id', '=', id)
      .limit(1)
      .executeTakeFirst();
    if (held !== undefined) return false;
  }
  await db.deleteFrom('repositories').where('id', '=', id).execute();
  return true;
}
