import type { Services } from '#/domain/services.ts';
import { clockSkewMs } from './leases.ts';
import { deleteExpiredLinks, listBlobsWithExpiredLinks } from './queries/blob-links.ts';
import { scheduleBlobDeletion } from './queries/unused-blobs.ts';

const batchSize = 200;

/**
 * Removes links whose time is over, and schedules the deletion of the blobs that nothing else needs: uploads that no manifest came
 * to use. Runs on any number of nodes at once; returns how many blobs it looked at and how many it gave to the deleter.
 */
export async function expireBlobLinks(
  services: Pick<Services, 'database' | 'clock'>,
  options: { readonly signal?: AbortSignal } = {},
): Promise<{ readonly blobs: number; readonly unused: number }> {
  const { database, clock } = services;
  let blobs = 0;
  let unused = 0;
  for (;;) {
    const nowMs = clock.nowMs();
    const beforeMs = nowMs - clockSkewMs;
    const due = await listBlobsWithExpiredLinks(database.read, beforeMs, batchSize);
    for (const blobId of due) {
      if (options.signal?.aborted === true) return { blobs, unused };
      const scheduled = await database.transaction(async (db) => {
        if (await scheduleBlobDeletion(db, blobId, nowMs)) return true;
        await deleteExpiredLinks(db, blobId, beforeMs);
        return false;
      });
      blobs += 1;
      if (scheduled) unused += 1;
    }
    if (due.length === 0) return { blobs, unused };
  }
}
