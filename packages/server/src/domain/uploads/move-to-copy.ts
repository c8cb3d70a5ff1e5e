import { randomBytes } from 'node:crypto';
import type { Readable } from 'node:stream';
import { fromStore, storageFailure } from '#/domain/blobs/index.ts';
import type { Services } from '#/domain/services.ts';
import { type StorageDriver, StorageError } from '#/storage/driver.ts';
import type { StorageLocation } from '#/storage/storage.ts';
import { createContentHash } from './content-hash.ts';
import { keepLiveHash } from './live-hashes.ts';
import { saveStore } from './queries.ts';
import { receiveBody } from './receive-body.ts';
import type { UploadRecord, UploadStore } from './upload.ts';
import { busyUpload, type UploadLock, unknownUpload } from './upload-lock.ts';

/**
 * Continues an upload on a copy of its bytes. A writer that let its lock run out may be dead, but may as well still be stuck in a
 * write that reaches the store at any time later: on the copy it can do no harm.
 */
export async function moveToCopy(
  services: Services,
  upload: UploadRecord,
  lock: UploadLock,
  location: StorageLocation,
): Promise<UploadRecord> {
  const { database, nodeId, logger } = services;
  const { driver } = location;
  const id = `${upload.uuid}-${randomBytes(4).toString('hex')}`;
  let store = { id, state: await fromStore(() => driver.startUpload(id)) };
  if (upload.sizeBytes > 0) {
    const hash = createContentHash(upload.algorithm);
    const { sizeBytes, store: source } = upload;
    const bytes = await readUnlessGone(driver, source, sizeBytes);
    // The writer had made them the object already: there is nothing left that it could harm, and a commit will find them there.
    if (bytes === undefined) return upload;
    const received = await receiveBody({
      driver,
      store,
      offset: 0,
      body: bytes,
      placement: { lengthBytes: sizeBytes },
      maximumBytes: sizeBytes,
      hash,
      keepLock: () => lock.keep(),
    });
    if (received.sourceError !== undefined) throw unknownUpload();
    if (upload.digestSoFar !== undefined && upload.digestSoFar !== hash.digestSoFar()) throw unknownUpload();
    store = received.store;
    keepLiveHash(nodeId, id, sizeBytes, hash);
  }
  const saved = await database.transaction((db) => saveStore(db, { id: lock.id, owner: lock.owner, store }));
  if (!saved) throw busyUpload();
  await driver.cancelUpload(upload.store.id, upload.store.state).catch((error: unknown) => {
    logger.warn({ err: error }, 'bytes of an abandoned writer not removed yet');
  });
  return { ...upload, store };
}

async function readUnlessGone(
  driver: StorageDriver,
  store: UploadStore,
  sizeBytes: number,
): Promise<Readable | undefined> {
  try {
    return await driver.readUpload(store.id, store.state, sizeBytes);
  } catch (error) {
    if (error instanceof StorageError && error.kind === 'not_found') return undefined;
    throw storageFailure(error);
  }
}
