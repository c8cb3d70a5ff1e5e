import type { Services } from '#/domain/services.ts';
import { dropUploadBytes } from './drop-upload-bytes.ts';
import { notifyObservers } from './observe-uploads.ts';
import { deleteUpload, findUploadForUpdate, listUploadsOfRepository } from './queries.ts';

/**
 * Ends uploads of a repository that is being deleted and drops their bytes, also while requests write to them, which then fail; returns how
 * many, at most `limit`.
 */
export async function endRepositoryUploads(
  services: Services,
  input: { readonly repositoryId: number; readonly limit: number },
): Promise<number> {
  const { database } = services;
  const uploads = await listUploadsOfRepository(database.read, input);
  for (const upload of uploads) {
    const ended = await database.transaction(async (db) => {
      const found = await findUploadForUpdate(db, upload);
      if (found !== undefined) await deleteUpload(db, found.id);
      return found;
    });
    if (ended === undefined) continue;
    notifyObservers((observer) => observer.cancelled?.('stale'));
    await dropUploadBytes(services, ended);
  }
  return uploads.length;
}
