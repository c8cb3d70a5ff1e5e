import { setTimeout as sleep } from 'node:timers/promises';
import { DomainError } from '#/domain/errors.ts';
import type { Services } from '#/domain/services.ts';
import { clockSkewMs } from './leases.ts';
import { type BlobDeletion, findDeletion } from './queries/blob-deletions.ts';
import { removeObject } from './remove-object.ts';
import { storageFailure } from './storage-failure.ts';

/**
 * Waits until a deleter is done with an object, or does its work when that deleter is gone. Throws `storage_unavailable` after
 * `giveUpAtMs` (on this process's monotonic clock).
 */
export async function waitForRemoval(
  services: Services,
  deletion: BlobDeletion,
  giveUpAtMs: number,
): Promise<void> {
  const { database, clock } = services;
  let present: BlobDeletion | undefined = deletion;
  while (present?.id === deletion.id) {
    if ((present.leaseExpiresMs ?? 0) + clockSkewMs <= clock.nowMs()) {
      try {
        if (await removeObject(services, present)) return;
      } catch (error) {
        throw storageFailure(error);
      }
    }
    if (performance.now() >= giveUpAtMs) throw busyRemoving();
    // With jitter, so that the pushes of many clients do not come back all at once.
    await sleep(20 + Math.random() * 80);
    present = await findDeletion(database.read, deletion.digest, deletion.locationId);
  }
}

export function busyRemoving(): DomainError {
  return new DomainError('storage_unavailable', 'An older copy of this blob is being removed; try again.', {
    retryAfterSeconds: 5,
  });
}
