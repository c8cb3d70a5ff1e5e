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

/**
 * Ids of blobs that have links which ran out before `beforeMs`, the oldest first. Those that a push leases are left for later: without their
 * link nothing would lead to them any more.
 */
export async function listBlobsWithExpiredLinks(db: Db, beforeMs: number, limit: number): Promise<number[]> {
  const rows = await db
    .selectFrom('blob_links')
    .innerJoin('blobs', 'blobs.id', 'blob_links.blob_id')
    .select('blob_links.blob_id')
    .where('blob_links.expires_ms', '<=', beforeMs)
    .where('blobs.lease_expires_ms', '<=', beforeMs)
    .orderBy('blob_links.expires_ms')
    .limit(limit)
    .execute();
  return [...new Set(rows.map((row) => row.blob_id))];
}

/** Removes the links of one blob that ran out before `beforeMs`. */
export async function deleteExpiredLinks(db: Db, blobId: number, beforeMs: number): Promise<void> {
  await db
    .deleteFrom('blob_links')
    .where('blob_id', '=', blobId)
    .where('expires_ms', '<=', beforeMs)
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('blobs')
          .select('blobs.id')
          .whereRef('blobs.id', '=', 'blob_links.blob_id')
          .where('blobs.lease_expires_ms', '<=', beforeMs),
      ),
    )
    .execute();
}
