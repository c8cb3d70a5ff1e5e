import type { Services } from '#/domain/services.ts';
import { dropUploadBytes } from './drop-upload-bytes.ts';
import { notifyObservers } from './observe-uploads.ts';
import { deleteUpload, findUploadForUpdate, type UploadKey } from './queries.ts';
import { unknownUpload } from './upload-lock.ts';

/** Ends an upload and drops its bytes, also while a request writes to it, which then fails. Throws `blob_upload_unknown`. */
export async function cancelUpload(services: Services, key: UploadKey): Promise<void> {
  const upload = await services.database.transaction(async (db) => {
    const found = await findUploadForUpdate(db, key);
    if (found === undefined) throw unknownUpload();
    await deleteUpload(db, found.id);
    return found;
  });
  notifyObservers((observer) => observer.cancelled?.('client'));
  await dropUploadBytes(services, upload);
}
