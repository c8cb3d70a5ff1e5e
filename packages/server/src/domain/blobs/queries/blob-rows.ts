import type { Digest } from '@wharf/oci';
import type { Db } from '#/db/database.ts';
import { insertIgnore } from '#/db/insert-ignore.ts';
import { lockRowShared } from '#/db/lock-row-shared.ts';
import { objectPathOf } from '#/domain/blobs/blob.ts';
import { listLimit } from './list-limit.ts';

/**
 * Locks the blobs' rows (shared) in the order of their digests, so that collection leaves them alone until the transaction ends. To be
 * called before the transaction touches anything else: every transaction takes blobs first, then the repository.
 */
export async function lockBlobs(db: Db, digests: readonly Digest[]): Promise<void> {
  const ordered = [...new Set(digests)].sort();
  for (let start = 0; start < ordered.length; start += listLimit) {
    const query = db
      .selectFrom('blobs')
      .select('id')
      .where('digest', 'in', ordered.slice(start, start + listLimit))
      .orderBy('digest');
    await lockRowShared(db, query).execute();
  }
}

/**
 * Makes the row of a digest or revives it: it is leased at least until `leaseExpiresMs`, and locked for writers until the
 * transaction ends. An UPDATE is the lock, because on PostgreSQL it lets foreign keys of others pass, SELECT FOR UPDATE does not.
 */
export async function leaseBlob(
  db: Db,
  blob: {
    readonly digest: Digest;
    readonly sizeBytes: number;
    readonly nowMs: number;
    readonly leaseExpiresMs: number;
  },
): Promise<number> {
  for (;;) {
    const { numUpdatedRows } = await db
      .updateTable('blobs')
      .set((eb) => ({
        lease_expires_ms: eb
          .case()
          .when('lease_expires_ms', '<', blob.leaseExpiresMs)
          .then(blob.leaseExpiresMs)
          .else(eb.ref('lease_expires_ms'))
          .end(),
      }))
      .where('digest', '=', blob.digest)
      .executeTakeFirstOrThrow();
    if (numUpdatedRows > 0n) break;
    const inserted = await insertIgnore(db, 'blobs', {
      digest: blob.digest,
      size_bytes: blob.sizeBytes,
      uncompressed_size_bytes: null,
      legacy_uuid: null,
      created_ms: blob.nowMs,
      lease_expires_ms: blob.leaseExpiresMs,
    });
    if (inserted) break;
  }
  const { id } = await db
    .selectFrom('blobs')
    .select('id')
    .where('digest', '=', blob.digest)
    .executeTakeFirstOrThrow();
  return id;
}

export async function isPlaced(db: Db, blobId: number, locationId: number): Promise<boolean> {
  const row = await db
    .selectFrom('blob_placements')
    .select('blob_id')
    .where('blob_id', '=', blobId)
    .where('location_id', '=', locationId)
    .executeTakeFirst();
  return row !== undefined;
}

/** False when the placement was there already. The blob's row must exist. */
export async function insertPlacement(db: Db, blobId: number, locationId: number): Promise<boolean> {
  return await insertIgnore(db, 'blob_placements', { blob_id: blobId, location_id: locationId });
}

export async function deletePlacement(db: Db, blobId: number, locationId: number): Promise<void> {
  await db
    .deleteFrom('blob_placements')
    .where('blob_id', '=', blobId)
    .where('location_id', '=', locationId)
    .execute();
}

export async function findBlobId(db: Db, digest: Digest): Promise<number | undefined> {
  const row = await db.selectFrom('blobs').select('id').where('digest', '=', digest).executeTakeFirst();
  return row?.id;
}

export async function blobExists(db: Db, blobId: number): Promise<boolean> {
  const row = await db.selectFrom('blobs').select('id').where('id', '=', blobId).executeTakeFirst();
  return row !== undefined;
}

/** Whether a blob's row says that its object lies at that path of that location. */
export async function isDigestPlaced(
  db: Db,
  digest: Digest,
  locationId: number,
  path: string,
): Promise<boolean> {
  const row = await db
    .selectFrom('blobs')
    .innerJoin('blob_placements', 'blob_placements.blob_id', 'blobs.id')
    .select('blobs.legacy_uuid')
    .where('blobs.digest', '=', digest)
    .where('blob_placements.location_id', '=', locationId)
    .executeTakeFirst();
  return row !== undefined && objectPathOf({ digest, legacyUuid: row.legacy_uuid }) === path;
}

/** Prolongs a push's lease on a blob. */
export async function extendBlobLease(db: Db, blobId: number, leaseExpiresMs: number): Promise<void> {
  await db
    .updateTable('blobs')
    .set({ lease_expires_ms: leaseExpiresMs })
    .where('id', '=', blobId)
    .where('lease_expires_ms', '<', leaseExpiresMs)
    .execute();
}
