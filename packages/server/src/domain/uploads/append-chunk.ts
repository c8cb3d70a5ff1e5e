import type { Services } from '#/domain/services.ts';
import { brokenOff, giveBack, lostUpload } from './give-back.ts';
import { keepLiveHash } from './live-hashes.ts';
import { openSession, type UploadSession } from './open-session.ts';
import { findUpload, saveProgress, type UploadKey } from './queries.ts';
import { type Received, receiveBody } from './receive-body.ts';
import { findHash, rebuildHash } from './resume-hash.ts';
import type { BodyPlacement, Upload } from './upload.ts';

export interface AppendChunkInput extends UploadKey, BodyPlacement {
  readonly body: AsyncIterable<Buffer>;
}

/**
 * Adds a body to an upload (registry protocol, PATCH); when it returns, bytes and offset are durable. A client that goes away in
 * the middle leaves what arrived accounted for. Throws `blob_upload_unknown`, `upload_busy`, `range_invalid` with the offset,
 * `size_invalid`, `too_large` (the upload stays at its offset), `upload_invalid` (the body broke off), and the storage's errors.
 */
export async function appendChunk(services: Services, input: AppendChunkInput): Promise<Upload> {
  const session = await openSession(services, input, input);
  const { upload, lock } = session;
  try {
    const received = await receive(services, session, input);
    if (received.sourceError !== undefined) throw brokenOff(received.sourceError);
    const { uuid, repositoryId, algorithm } = upload;
    return { uuid, repositoryId, sizeBytes: upload.sizeBytes + received.writtenBytes, algorithm };
  } catch (error) {
    await giveBack(services, upload, lock, error);
    throw error;
  } finally {
    lock.stop();
  }
}

async function receive(
  services: Services,
  { upload, lock, location }: UploadSession,
  input: AppendChunkInput,
): Promise<Received> {
  const { database, clock, nodeId, settings } = services;
  const keepLock = (): Promise<void> => lock.keep();
  const hash =
    (await findHash(nodeId, upload, upload.algorithm)) ??
    (await rebuildHash(location.driver, upload, keepLock));
  const received = await receiveBody({
    driver: location.driver,
    store: upload.store,
    offset: upload.sizeBytes,
    body: input.body,
    placement: input,
    maximumBytes: settings.maximumLayerSizeBytes,
    hash,
    keepLock,
  });
  if (received.writtenBytes === 0) {
    await lock.release();
    return received;
  }
  const sizeBytes = upload.sizeBytes + received.writtenBytes;
  const saved = await database.transaction((db) =>
    saveProgress(db, {
      id: upload.id,
      owner: lock.owner,
      fromSizeBytes: upload.sizeBytes,
      sizeBytes,
      digestSoFar: hash.digestSoFar(),
      hashState: hash.exportState(),
      store: received.store,
      nowMs: clock.nowMs(),
    }),
  );
  if (!saved) throw lostUpload(await findUpload(database.read, upload));
  if (hash.exportState() === undefined) keepLiveHash(nodeId, upload.store.id, sizeBytes, hash);
  return received;
}
