import { fromStore } from '#/domain/blobs/index.ts';
import { DomainError } from '#/domain/errors.ts';
import type { Services } from '#/domain/services.ts';
import type { StorageLocation } from '#/storage/storage.ts';
import { moveToCopy } from './move-to-copy.ts';
import type { UploadKey } from './queries.ts';
import { checkPlacement } from './receive-body.ts';
import type { BodyPlacement, UploadRecord } from './upload.ts';
import { lockUpload, type UploadLock } from './upload-lock.ts';

/** An upload that one request may write to, until its lock is released or its row deleted. */
export interface UploadSession {
  readonly upload: UploadRecord;
  readonly lock: UploadLock;
  readonly location: StorageLocation;
}

/**
 * Takes an upload for a request whose headers fit its state. Throws `blob_upload_unknown`, `upload_busy`, `range_invalid` with the
 * offset, `size_invalid`, `too_large`; the upload is then as it was.
 */
export async function openSession(
  services: Services,
  key: UploadKey,
  placement: BodyPlacement,
): Promise<UploadSession> {
  const { settings, storage } = services;
  const { upload, lock, abandoned } = await lockUpload(services, key, (found) =>
    checkPlacement(found.sizeBytes, placement, settings.maximumLayerSizeBytes),
  );
  try {
    const location = await fromStore(async () => storage.get(upload.location));
    if (!abandoned) return { upload, lock, location };
    return { upload: await moveToCopy(services, upload, lock, location), lock, location };
  } catch (error) {
    lock.stop();
    if (!(error instanceof DomainError && error.code === 'upload_busy')) await lock.release();
    throw error;
  }
}
