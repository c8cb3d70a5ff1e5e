import type { Services } from '#/domain/services.ts';
import { clockSkewMs } from './leases.ts';
import { deleteExpiredLinks, listBlobsWithExpiredLinks } from './queries/blob-links.ts';
import { scheduleBlobDeletion } from './queries/unused-blobs.ts';

const batchSize = 200;
/** What one transaction looks at: few enough that pushes of the same blobs need not wait long. */
const blobsPerTransaction = 20;

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
    for (let start = 0; start < due.length; start += blobsPerTransaction) {
      if (options.signal?.aborted === true) return { blobs, unused };
      const part = due.slice(start, start + blobsPerTransaction);
      unused += await database.transaction(async (db) => {
        let scheduled = 0;
        for (const blobId of part) {
          if (await scheduleBlobDeletion(db, blobId, nowMs)) scheduled += 1;
          else await deleteExpiredLinks(db, blobId, beforeMs);
        }
        return scheduled;
      });
      blobs += part.length;
    }
    if (due.length === 0) return { blobs, unused };
  }
}
