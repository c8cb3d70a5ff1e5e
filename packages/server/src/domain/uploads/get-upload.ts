import type { Services } from '#/domain/services.ts';
import { findUpload, type UploadKey } from './queries.ts';
import type { Upload } from './upload.ts';
import { unknownUpload } from './upload-lock.ts';

/** The upload, if it is open in that repository; throws `blob_upload_unknown`. */
export async function getUpload(services: Services, key: UploadKey): Promise<Upload> {
  const upload = await findUpload(services.database.read, key);
  if (upload === undefined) throw unknownUpload();
  const { uuid, repositoryId, sizeBytes, algorithm } = upload;
  return { uuid, repositoryId, sizeBytes, algorithm };
}
