import { Readable } from 'node:stream';
import { type Digest, digestAlgorithm, digestEncoded } from '@wharf/oci';
import { fromStore, storageFailure } from '#/domain/blobs/index.ts';
import { type StorageDriver, StorageError } from '#/storage/driver.ts';
import { createContentHash } from './content-hash.ts';
import type { UploadStore } from './upload.ts';
import { unknownUpload } from './upload-lock.ts';

/**
 * Makes the bytes of an upload the object at `path`. If they are gone because an earlier attempt put them there but could not
 * record it, that object serves when its digest is right. Throws `blob_upload_unknown` and the storage's errors.
 */
export async function placeUpload(
  driver: StorageDriver,
  upload: { readonly store: UploadStore; readonly sizeBytes: number; readonly digest: Digest },
  path: string,
): Promise<void> {
  const { store, sizeBytes } = upload;
  try {
    await driver.completeUpload(store.id, store.state, sizeBytes, path);
  } catch (error) {
    if (!(error instanceof StorageError) || error.kind !== 'not_found') throw storageFailure(error);
    if (!(await fromStore(() => rewriteVerified(driver, upload, path)))) throw unknownUpload();
  }
}

/** Writes an object anew from its own bytes, because the earlier attempt may have died before they were durable. */
async function rewriteVerified(
  driver: StorageDriver,
  upload: { readonly sizeBytes: number; readonly digest: Digest },
  path: string,
): Promise<boolean> {
  const found = await driver.stat(path);
  if (found?.sizeBytes !== upload.sizeBytes) return false;
  const hash = createContentHash(digestAlgorithm(upload.digest));
  const source = await driver.read(path);
  const counted = async function* (): AsyncGenerator<Buffer> {
    for await (const piece of source) {
      hash.update(piece);
      yield piece;
    }
    if (hash.digestSoFar() !== digestEncoded(upload.digest)) throw unknownUpload();
  };
  try {
    await driver.put(path, Readable.from(counted(), { objectMode: false }));
  } finally {
    source.destroy();
  }
  return true;
}
