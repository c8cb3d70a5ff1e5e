import type { Db } from '#/db/database.ts';
import { insertIgnore } from '#/db/insert-ignore.ts';
import { listLimit } from './list-limit.ts';

/** Makes the blob visible in a repository until `expiresMs` at least, also where a client had deleted it. */
export async function linkBlob(
  db: Db,
  link: { readonly repositoryId: number; readonly blobId: number; readonly expiresMs: number },
): Promise<void> {
  const inserted = await insertIgnore(db, 'blob_links', {
    repository_id: link.repositoryId,
    blob_id: link.blobId,
    expires_ms: link.expiresMs,
  });
  if (!inserted) {
    await db
      .updateTable('blob_links')
      .set({ expires_ms: link.expiresMs })
      .where('repository_id', '=', link.repositoryId)
      .where('blob_id', '=', link.blobId)
      .where('expires_ms', '<', link.expiresMs)
      .execute();
  }
  await revealBlobs(db, link.repositoryId, [link.blobId]);
}

/** Clears the marks that clients' deletions left on blobs of a repository: for uploads, mounts and restored tags. */
export async function revealBlobs(db: Db, repositoryId: number, blobIds: readonly number[]): Promise<void> {
  for (let start = 0; start < blobIds.length; start += listLimit) {
    await db
      .deleteFrom('hidden_blobs')
      .where('repository_id', '=', repositoryId)
      .where('blob_id', 'in', blobIds.slice(start, start + listLimit))
      .execute();
  }
}

/** Removes links that ran out before `beforeMs`, at most `limit`; returns how many. */
export async function removeExpiredLinks(db: Db, beforeMs: number, limit: number): Promise<number> {
  const rows = await db
    .selectFrom('blob_links')
    .select(['repository_id', 'blob_id'])
    .where('expires_ms', '<=', beforeMs)
    .orderBy('expires_ms')
    .limit(limit)
    .execute();
  let removed = 0;
  for (const row of rows) {
    const { numDeletedRows } = await db
      .deleteFrom('blob_links')
      .where('repository_id', '=', row.repository_id)
      .where('blob_id', '=', row.blob_id)
      .where('expires_ms', '<=', beforeMs)
      .executeTakeFirstOrThrow();
    removed += Number(numDeletedRows);
  }
  return removed;
}
