import type { Digest } from '@wharf/oci';
import type { Db } from '#/db/database.ts';
import { dropReservation } from './queries/blob-deletions.ts';
import { blobExists, deletePlacement, insertPlacement } from './queries/blob-rows.ts';

/**
 * Last step of a push: records that the object is in its place. False, with nothing changed, when the reservation was lost.
 * The caller must know that its lease still runs: without that, the reservation of a later push could be taken for its own.
 */
export async function commitBlob(
  db: Db,
  push: { readonly blobId: number; readonly digest: Digest; readonly locationId: number },
): Promise<boolean> {
  if (!(await blobExists(db, push.blobId))) return false;
  const inserted = await insertPlacement(db, push.blobId, push.locationId);
  const held = await dropReservation(db, push.digest, push.locationId);
  // Another push of the same digest that recorded the placement ended the reservation of both.
  if (held || !inserted) return true;
  await deletePlacement(db, push.blobId, push.locationId);
  return false;
}
