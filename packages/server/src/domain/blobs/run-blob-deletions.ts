import type { Services } from '#/domain/services.ts';
import { StorageError } from '#/storage/driver.ts';
import { listClaimableDeletions } from './queries/blob-deletions.ts';
import { removeObject } from './remove-object.ts';

const batchSize = 100;

/**
 * Removes the objects whose deletion is due, on any number of nodes at once; returns how many this call removed. A location that
 * fails is logged and left for the next call.
 */
export async function runBlobDeletions(
  services: Services,
  options: { readonly signal?: AbortSignal } = {},
): Promise<{ readonly removed: number }> {
  const { database, storage, clock, logger } = services;
  let locations = storage.locations.map(({ name }) => name);
  let removed = 0;
  while (locations.length > 0) {
    const due = await listClaimableDeletions(database.read, {
      nowMs: clock.nowMs(),
      limit: batchSize,
      locations,
    });
    let progress = false;
    for (const deletion of due) {
      if (options.signal?.aborted === true) return { removed };
      if (!locations.includes(deletion.location)) continue;
      try {
        if (!(await removeObject(services, deletion))) continue;
        removed += 1;
        progress = true;
      } catch (error) {
        if (!(error instanceof StorageError)) throw error;
        logger.warn(
          { err: error, digest: deletion.digest, location: deletion.location },
          'object not removed yet',
        );
        locations = locations.filter((name) => name !== deletion.location);
      }
    }
    if (!progress && locations.length === storage.locations.length) break;
    if (due.length < batchSize) break;
  }
  return { removed };
}
