import type { Services } from '#/domain/services.ts';
import { dropLiveHash } from './live-hashes.ts';
import type { UploadRecord } from './upload.ts';

/** Removes the bytes of an upload whose row is gone; a failure is only logged, since the clean-up finds them later. */
export async function dropUploadBytes(
  services: Services,
  upload: Pick<UploadRecord, 'location' | 'store'>,
): Promise<void> {
  const { storage, logger, nodeId } = services;
  dropLiveHash(nodeId, upload.store.id);
  try {
    await storage.get(upload.location).driver.cancelUpload(upload.store.id, upload.store.state);
  } catch (error) {
    logger.warn({ err: error, location: upload.location }, 'bytes of an ended upload not removed yet');
  }
}
