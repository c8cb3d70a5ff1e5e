import type { Services } from '#/domain/services.ts';
import { StorageError } from '#/storage/driver.ts';
import { dropUploadBytes } from './drop-upload-bytes.ts';
import { notifyObservers } from './observe-uploads.ts';
import { deleteUpload, findUploadForUpdate, findUploadOfStore, listStaleUploads } from './queries.ts';
import type { UploadRecord } from './upload.ts';

/** An upload that nobody touched for this long is given up (workers reference, stale uploads). */
const staleAfterMs = 2 * 24 * 3600 * 1000;

const batchSize = 100;

/**
 * Ends uploads that nobody touched for two days, then removes what uploads left in the store and no row names. Runs on any number
 * of nodes at once; returns what this call removed.
 */
export async function cleanUploads(
  services: Services,
  options: { readonly signal?: AbortSignal } = {},
): Promise<{ readonly uploads: number; readonly leftovers: number }> {
  const { database, storage, clock, logger } = services;
  const beforeMs = clock.nowMs() - staleAfterMs;
  const isStopped = (): boolean => options.signal?.aborted === true;
  let uploads = 0;
  for (;;) {
    if (isStopped()) return { uploads, leftovers: 0 };
    const stale = await listStaleUploads(database.read, { beforeMs, limit: batchSize });
    let ended = 0;
    for (const upload of stale) {
      if (await endStale(services, upload, beforeMs)) ended += 1;
    }
    uploads += ended;
    if (stale.length < batchSize || ended === 0) break;
  }

  let leftovers = 0;
  for (const { name, driver } of storage.locations) {
    if (isStopped()) break;
    try {
      const { removed } = await driver.cleanUploads(
        beforeMs,
        async (storeId) => (await findUploadOfStore(database.read, storeId)) !== undefined,
      );
      leftovers += removed;
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      logger.warn({ err: error, location: name }, 'leftovers of uploads not removed');
    }
  }
  return { uploads, leftovers };
}

/** False when somebody came back to the upload meanwhile. */
async function endStale(services: Services, upload: UploadRecord, beforeMs: number): Promise<boolean> {
  const { database, clock } = services;
  const ended = await database.transaction(async (db) => {
    const found = await findUploadForUpdate(db, upload);
    if (found === undefined || found.updatedMs >= beforeMs || found.lockExpiresMs > clock.nowMs())
      return undefined;
    await deleteUpload(db, found.id);
    return found;
  });
  if (ended === undefined) return false;
  notifyObservers((observer) => observer.cancelled?.('stale'));
  await dropUploadBytes(services, ended);
  return true;
}
