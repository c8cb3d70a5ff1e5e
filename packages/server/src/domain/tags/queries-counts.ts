import type { Db } from '#/db/database.ts';
import { insertIgnore } from '#/db/insert-ignore.ts';

/**
 * Adds a row to the number of visible ones in a repository's history, after the row was written and under the lock of the repository. A
 * repository without a number is counted this once.
 */
export async function countNewTag(db: Db, repositoryId: number): Promise<void> {
  if (await addToCount(db, repositoryId, 1)) return;
  const { visible } = await db
    .selectFrom('tags')
    .select((eb) => eb.fn.countAll<number>().as('visible'))
    .where('repository_id', '=', repositoryId)
    .where('hidden', '=', 0)
    .executeTakeFirstOrThrow();
  await insertIgnore(db, 'tag_counts', { repository_id: repositoryId, visible: Number(visible) });
}

/** Takes visible rows that are about to be removed from the numbers of their repositories, which are locked. */
export async function discountTags(db: Db, tagIds: readonly number[]): Promise<void> {
  const rows = await db
    .selectFrom('tags')
    .select(['repository_id', (eb) => eb.fn.countAll<number>().as('visible')])
    .where('id', 'in', tagIds)
    .where('hidden', '=', 0)
    .groupBy('repository_id')
    .execute();
  for (const row of rows) await addToCount(db, row.repository_id, -Number(row.visible));
}

/** False if nobody has counted the repository's tags. */
async function addToCount(db: Db, repositoryId: number, added: number): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('tag_counts')
    .set((eb) => ({ visible: eb('visible', '+', added) }))
    .where('repository_id', '=', repositoryId)
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

/** Visible rows of a repository's history, or those of them that are alive; undefined if nobody has counted them. */
export async function findHistoryLength(
  db: Db,
  of: { readonly repositoryId: number; readonly onlyAlive: boolean; readonly nowMs: number },
): Promise<number | undefined> {
  const counted = await db
    .selectFrom('tag_counts')
    .select('visible')
    .where('repository_id', '=', of.repositoryId)
    .executeTakeFirst();
  if (counted === undefined || !of.onlyAlive) return counted?.visible;
  const { ended } = await db
    .selectFrom('tags')
    .select((eb) => eb.fn.countAll<number>().as('ended'))
    .where('repository_id', '=', of.repositoryId)
    .where('hidden', '=', 0)
    .where('end_ms', '<=', of.nowMs)
    .executeTakeFirstOrThrow();
  return counted.visible - Number(ended);
}
