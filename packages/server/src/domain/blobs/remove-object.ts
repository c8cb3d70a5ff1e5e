import { randomUUID } from 'node:crypto';
import type { Services } from '#/domain/services.ts';
import { deletionLeaseMs, deletionMarginMs } from './leases.ts';
import { type BlobDeletion, claimDeletion, finishDeletion } from './queries/blob-deletions.ts';
import { findBlobId, isDigestPlaced } from './queries/blob-rows.ts';
import { scheduleBlobDeletion } from './queries/unused-blobs.ts';

/**
 * Claims one deletion, removes its object and then its row. False when it could not be claimed (a push took it back, another
 * deleter was faster) or the lease ran out before the object could be touched; then somebody else finishes it.
 * Throws StorageError; the row then stays and is taken over when its lease has run out.
 */
export async function removeObject(services: Services, deletion: BlobDeletion): Promise<boolean> {
  const { database, storage, clock, logger, nodeId } = services;
  const { driver } = storage.get(deletion.location);
  const owner = `${nodeId}:${randomUUID()}`;
  const startMs = clock.nowMs();
  const leaseExpiresMs = startMs + deletionLeaseMs;
  const claimed = await database.transaction((db) =>
    claimDeletion(db, { id: deletion.id, owner, nowMs: startMs, leaseExpiresMs }),
  );
  if (!claimed) return false;

  if (await isDigestPlaced(database.read, deletion.digest, deletion.locationId, deletion.path)) {
    logger.error(
      { digest: deletion.digest, location: deletion.location },
      'object in use is scheduled for removal',
    );
    return await database.transaction((db) => finishDeletion(db, deletion.id, owner));
  }
  // The fence: after this point nothing may come between but the removal itself.
  if (leaseExpiresMs - clock.nowMs() < deletionMarginMs) return false;
  await driver.remove(deletion.path);
  // A push that died before it could link leaves its blob's row too; that goes first, for the record above leads to it.
  const blobId = await findBlobId(database.read, deletion.digest);
  if (blobId !== undefined)
    await database.transaction((db) => scheduleBlobDeletion(db, blobId, clock.nowMs()));
  return await database.transaction((db) => finishDeletion(db, deletion.id, owner));
}
