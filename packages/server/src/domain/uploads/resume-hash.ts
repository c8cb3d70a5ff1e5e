import type { DigestAlgorithm } from '@wharf/oci';
import { storageFailure } from '#/domain/blobs/index.ts';
import { type StorageDriver, StorageError } from '#/storage/driver.ts';
import { type ContentHash, createContentHash, createPortableHash } from './content-hash.ts';
import { findLiveHash } from './live-hashes.ts';
import { notifyObservers } from './observe-uploads.ts';
import type { UploadRecord } from './upload.ts';
import { unknownUpload } from './upload-lock.ts';

/**
 * The hash of an upload at its present offset without reading its bytes: a new one for an empty upload, this process's live one,
 * or the state kept with the row. Undefined when there is none, or only one of another algorithm.
 */
export async function findHash(
  nodeId: string,
  upload: UploadRecord,
  algorithm: DigestAlgorithm,
): Promise<ContentHash | undefined> {
  if (upload.sizeBytes === 0) return createContentHash(algorithm);
  if (upload.algorithm !== algorithm) return undefined;
  const live = findLiveHash(nodeId, upload.store.id, upload.sizeBytes);
  if (live !== undefined || upload.hashState === undefined) return live;
  return await createPortableHash(algorithm, upload.hashState);
}

/** Reads the stored bytes of an upload into a hash whose state can be kept with the row from then on. */
export async function rebuildHash(
  driver: StorageDriver,
  upload: UploadRecord,
  keepLock: () => Promise<void>,
): Promise<ContentHash> {
  const hash = await createPortableHash(upload.algorithm);
  if (hash === undefined) throw new Error('a new hash cannot fail to load');
  await feed(hash, driver, upload, upload.sizeBytes, keepLock);
  return hash;
}

/** Hex digest over the first `sizeBytes` stored bytes of an upload, by reading them. */
export async function hashStoredBytes(
  driver: StorageDriver,
  upload: Pick<UploadRecord, 'store'>,
  sizeBytes: number,
  algorithm: DigestAlgorithm,
  keepLock: () => Promise<void>,
): Promise<string> {
  const hash = createContentHash(algorithm);
  await feed(hash, driver, upload, sizeBytes, keepLock);
  return hash.digestSoFar();
}

async function feed(
  hash: ContentHash,
  driver: StorageDriver,
  { store }: Pick<UploadRecord, 'store'>,
  sizeBytes: number,
  keepLock: () => Promise<void>,
): Promise<void> {
  try {
    for await (const piece of await driver.readUpload(store.id, store.state, sizeBytes)) {
      await keepLock();
      hash.update(piece);
    }
  } catch (error) {
    if (error instanceof StorageError && error.kind === 'not_found') throw unknownUpload();
    throw storageFailure(error);
  }
  notifyObservers((observer) => observer.reread?.(sizeBytes));
}
