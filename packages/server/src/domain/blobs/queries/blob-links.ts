import type { Db } from '#/db/database.ts';
import { insertIgnore } from '#/db/insert-ignore.ts';
import { insertMissing } from '#/db/insert-missing.ts';
import { clockSkewMs } from '#/domain/blobs/leases.ts';
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
 * Ids of blobs that have links which ran out before `beforeMs`, the longest ago, in the order of their locks. Those that a push leases are left for later: without their
 * link nothing would lead to them any more.
 */
export async function listBlobsWithExpiredLinks(db: Db, beforeMs: number, limit: number): Promise<number[]> {
  const rows = await db
    .selectFrom('blob_links')
    .innerJoin('blobs', 'blobs.id', 'blob_links.blob_id')
    .select(['blob_links.blob_id', 'blobs.digest'])
    .where('blob_links.expires_ms', '<=', beforeMs)
    .where('blobs.lease_expires_ms', '<=', beforeMs)
    .orderBy('blob_links.expires_ms')
    .limit(limit)
    .execute();
  return [...new Set(rows.sort(byDigest).map((row) => row.blob_id))];
}

/** Digests are ASCII: code units compare as bytes do. */
function byDigest(a: { readonly digest: string }, b: { readonly digest: string }): number {
  return a.digest < b.digest ? -1 : 1;
}

/**
 * Leaves links that ran out already, where there are none: for blobs that a removed manifest no longer needs, so that
 * `expireBlobLinks` comes to them. The rows of the blobs must be locked (lockBlobs).
 */
export async function leaveExpiredLinks(
  db: Db,
  link: { readonly repositoryId: number; readonly blobIds: readonly number[]; readonly nowMs: number },
): Promise<void> {
  await insertMissing(
    db,
    'blob_links',
    link.blobIds.map((blobId) => ({
      repository_id: link.repositoryId,
      blob_id: blobId,
      expires_ms: link.nowMs - clockSkewMs,
    })),
  );
}

/** Clears the marks of clients' deletions on those of the blobs that no manifest of the repository names any more. */
export async function forgetHiddenBlobs(
  db: Db,
  repositoryId: number,
  blobIds: readonly number[],
): Promise<void> {
  for (let start = 0; start < blobIds.length; start += listLimit) {
    await db
      .deleteFrom('hidden_blobs')
      .where('repository_id', '=', repositoryId)
      .where('blob_id', 'in', blobIds.slice(start, start + listLimit))
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('manifest_blobs')
              .select('manifest_blobs.blob_id')
              .where('manifest_blobs.repository_id', '=', repositoryId)
              .whereRef('manifest_blobs.blob_id', '=', 'hidden_blobs.blob_id'),
          ),
        ),
      )
      .execute();
  }
}

/** Blobs that are linked to a repository, whether or not the link has run out, in order of id behind `afterId`, at most `limit`. */
export async function listLinkedBlobIds(
  db: Db,
  page: { readonly repositoryId: number; readonly afterId: number; readonly limit: number },
): Promise<number[]> {
  const rows = await db
    .selectFrom('blob_links')
    .select('blob_id')
    .where('repository_id', '=', page.repositoryId)
    .where('blob_id', '>', page.afterId)
    .orderBy('blob_id')
    .limit(page.limit)
    .execute();
  return rows.map((row) => row.blob_id);
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
