import { type Digest, emptyLayerDigest } from '@wharf/oci';
import type { Db } from '#/db/database.ts';
import { lockRow } from '#/db/lock-row.ts';
import { objectPathOf } from '#/domain/blobs/blob.ts';
import { clockSkewMs } from '#/domain/blobs/leases.ts';
import { insertDeletion } from './blob-deletions.ts';
import { leaveExpiredLinks } from './blob-links.ts';

/**
 * Deletes a blob that nothing needs any more and schedules the removal of its objects, in the caller's transaction. False, and
 * nothing done, while a manifest, a link that has not run out or the lease of a push needs it.
 */
export async function scheduleBlobDeletion(db: Db, blobId: number, nowMs: number): Promise<boolean> {
  const row = await lockRow(
    db,
    db.selectFrom('blobs').selectAll().where('id', '=', blobId),
  ).executeTakeFirst();
  if (row === undefined || row.digest === emptyLayerDigest) return false;
  if (row.lease_expires_ms + clockSkewMs > nowMs) return false;
  const inManifest = await db
    .selectFrom('manifest_blobs')
    .select('blob_id')
    .where('blob_id', '=', blobId)
    .limit(1)
    .executeTakeFirst();
  const linked = await db
    .selectFrom('blob_links')
    .select('blob_id')
    .where('blob_id', '=', blobId)
    .where('expires_ms', '>', nowMs - clockSkewMs)
    .limit(1)
    .executeTakeFirst();
  if (inManifest !== undefined || linked !== undefined) return false;

  const digest = row.digest as Digest;
  const path = objectPathOf({ digest, legacyUuid: row.legacy_uuid });
  const placements = await db
    .selectFrom('blob_placements')
    .select('location_id')
    .where('blob_id', '=', blobId)
    .execute();
  for (const placement of placements) {
    await insertDeletion(db, {
      digest,
      locationId: placement.location_id,
      path,
      nowMs,
      reservedUntilMs: null,
    });
  }
  await db.deleteFrom('blob_placements').where('blob_id', '=', blobId).execute();
  await db.deleteFrom('blob_links').where('blob_id', '=', blobId).execute();
  await db.deleteFrom('hidden_blobs').where('blob_id', '=', blobId).execute();
  await db.deleteFrom('blobs').where('id', '=', blobId).execute();
  return true;
}

/**
 * Takes the link to one repository away, in the caller's transaction, and schedules the deletion of the blob if nothing else needs it.
 * False, and the link left as one that ran out, while only the lease of a push keeps the blob: nothing else would lead to it.
 */
export async function unlinkBlob(
  db: Db,
  link: { readonly repositoryId: number; readonly blobId: number; readonly nowMs: number },
): Promise<boolean> {
  const { repositoryId, blobId, nowMs } = link;
  const blob = await lockRow(
    db,
    db.selectFrom('blobs').select(['id', 'digest']).where('id', '=', blobId),
  ).executeTakeFirst();
  if (blob === undefined) return true;
  await db
    .deleteFrom('blob_links')
    .where('repository_id', '=', repositoryId)
    .where('blob_id', '=', blobId)
    .execute();
  if (await scheduleBlobDeletion(db, blobId, nowMs)) return true;
  if (blob.digest === emptyLayerDigest || (await isLeadTo(db, blobId))) return true;
  await leaveExpiredLinks(db, { repositoryId, blobIds: [blobId], nowMs });
  return false;
}

/** Whether a manifest or a link will lead collection to the blob some day. */
async function isLeadTo(db: Db, blobId: number): Promise<boolean> {
  const inManifest = await db
    .selectFrom('manifest_blobs')
    .select('blob_id')
    .where('blob_id', '=', blobId)
    .limit(1)
    .executeTakeFirst();
  if (inManifest !== undefined) return true;
  const linked = await db
    .selectFrom('blob_links')
    .select('blob_id')
    .where('blob_id', '=', blobId)
    .limit(1)
    .executeTakeFirst();
  return linked !== undefined;
}
