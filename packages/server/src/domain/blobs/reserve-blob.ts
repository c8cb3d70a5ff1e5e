import type { Digest } from '@wharf/oci';
import type { Db } from '#/db/database.ts';
import { blobPath } from '#/storage/paths.ts';
import {
  type BlobDeletion,
  findDeletion,
  insertDeletion,
  reserveDeletion,
} from './queries/blob-deletions.ts';
import { isPlaced, leaseBlob } from './queries/blob-rows.ts';

/** What a push found when it reserved a digest. */
export type Reservation =
  /** The object is there and cannot go away while the lease runs. */
  | { readonly outcome: 'placed'; readonly blobId: number }
  /** The push may write the object until its lease runs out. */
  | { readonly outcome: 'reserved'; readonly blobId: number }
  /** A deleter is at work, or must be first: the object that may be there is not to be trusted. */
  | { readonly outcome: 'deleting'; readonly deletion: BlobDeletion };

/**
 * First step of a push, in a transaction of its own, before anyone looks into the store: makes or revives the blob's row with a
 * lease, takes back a pending deletion, and leaves a record by which the object is removed should the push die.
 */
export async function reserveBlob(
  db: Db,
  push: {
    readonly digest: Digest;
    readonly sizeBytes: number;
    readonly locationId: number;
    readonly nowMs: number;
    readonly leaseExpiresMs: number;
  },
): Promise<Reservation> {
  const { digest, locationId, nowMs, leaseExpiresMs } = push;
  const blobId = await leaseBlob(db, push);
  if (await isPlaced(db, blobId, locationId)) return { outcome: 'placed', blobId };
  const path = blobPath(digest);
  for (;;) {
    const inserted = await insertDeletion(db, {
      digest,
      locationId,
      path,
      nowMs,
      reservedUntilMs: leaseExpiresMs,
    });
    if (inserted) return { outcome: 'reserved', blobId };
    const deletion = await findDeletion(db, digest, locationId);
    // Its deleter may have ended between the two statements.
    if (deletion === undefined) continue;
    // The object of an old Quay lies elsewhere than the new one will: it must be gone before its record serves the new one.
    const reserved = deletion.path === path && (await reserveDeletion(db, deletion.id, leaseExpiresMs));
    return reserved ? { outcome: 'reserved', blobId } : { outcome: 'deleting', deletion };
  }
}
