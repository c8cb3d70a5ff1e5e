import { type Digest, digestAlgorithm, digestEncoded } from '@wharf/oci';
import { storeBlob } from '#/domain/blobs/index.ts';
import { DomainError } from '#/domain/errors.ts';
import type { Services } from '#/domain/services.ts';
import { cancelUpload } from './cancel-upload.ts';
import { dropUploadBytes } from './drop-upload-bytes.ts';
import { brokenOff, endUpload, giveBack, isRefusal } from './give-back.ts';
import { dropLiveHash } from './live-hashes.ts';
import { notifyObservers } from './observe-uploads.ts';
import { openSession, type UploadSession } from './open-session.ts';
import { placeUpload } from './place-upload.ts';
import { deleteLockedUpload, type UploadKey } from './queries.ts';
import { receiveBody } from './receive-body.ts';
import { findHash, hashStoredBytes } from './resume-hash.ts';
import type { BodyPlacement, UploadStore } from './upload.ts';
import { unknownUpload } from './upload-lock.ts';

export interface CommitUploadInput extends UploadKey, BodyPlacement {
  readonly digest: Digest;
  /** The last bytes, if any. */
  readonly body?: AsyncIterable<Buffer>;
}

/**
 * Ends an upload as a blob that is visible in its repository (registry protocol, PUT); when it returns, bytes and rows are durable.
 * Throws `digest_mismatch` and `too_large` (the upload is cancelled), `blob_upload_unknown`, `upload_busy`, `range_invalid` with
 * the offset, `size_invalid`, `upload_invalid` (the body broke off) and the storage's errors (the upload stays at its offset).
 */
export async function commitUpload(
  services: Services,
  input: CommitUploadInput,
): Promise<{ readonly digest: Digest; readonly sizeBytes: number }> {
  const session = await openSession(services, input, input).catch(async (error: unknown) => {
    if (isRefusal(error, 'too_large')) await cancelUpload(services, input);
    throw error;
  });
  const { upload, lock, location } = session;
  try {
    const { store, sizeBytes, hex } = await receiveRest(services, session, input);
    if (hex !== digestEncoded(input.digest)) throw wrongDigest(input.digest, hex);
    const { placed } = await storeBlob(services, {
      digest: input.digest,
      sizeBytes,
      location,
      repositoryId: upload.repositoryId,
      place: (path) => placeUpload(location.driver, { store, sizeBytes, digest: input.digest }, path),
      alongside: async (db) => {
        if (!(await deleteLockedUpload(db, upload.id, lock.owner))) throw unknownUpload();
      },
    });
    dropLiveHash(services.nodeId, store.id);
    notifyObservers((observer) => observer.committed?.({ sizeBytes, stored: placed }));
    if (!placed) await dropUploadBytes(services, { location: location.name, store });
    return { digest: input.digest, sizeBytes };
  } catch (error) {
    if (isRefusal(error, 'digest_mismatch')) await endUpload(services, upload, lock, 'digest');
    else if (isRefusal(error, 'too_large')) await endUpload(services, upload, lock, 'size');
    else await giveBack(services, upload, lock, error);
    throw error;
  } finally {
    lock.stop();
  }
}

/** Takes the body, if there is one, and finds the digest over everything with as little reading as possible. */
async function receiveRest(
  services: Services,
  { upload, lock, location }: UploadSession,
  input: CommitUploadInput,
): Promise<{ readonly store: UploadStore; readonly sizeBytes: number; readonly hex: string }> {
  const { driver } = location;
  const algorithm = digestAlgorithm(input.digest);
  const keepLock = (): Promise<void> => lock.keep();
  // A body that finds no hash is appended first: one read of everything then costs less than a read before and a slow hash.
  const hash = await findHash(services.nodeId, upload, algorithm);
  const received =
    input.body === undefined
      ? { writtenBytes: 0, store: upload.store, sourceError: undefined }
      : await receiveBody({
          driver,
          store: upload.store,
          offset: upload.sizeBytes,
          body: input.body,
          placement: input,
          maximumBytes: services.settings.maximumLayerSizeBytes,
          hash,
          keepLock,
        });
  if (received.sourceError !== undefined) throw brokenOff(received.sourceError);
  const { store } = received;
  const sizeBytes = upload.sizeBytes + received.writtenBytes;
  const stored =
    received.writtenBytes === 0 && upload.algorithm === algorithm ? upload.digestSoFar : undefined;
  const hex =
    stored ??
    hash?.digestSoFar() ??
    (await hashStoredBytes(driver, { store }, sizeBytes, algorithm, keepLock));
  return { store, sizeBytes, hex };
}

export function wrongDigest(named: Digest, hex: string): DomainError {
  return new DomainError('digest_mismatch', 'The bytes do not have the digest that the request names.', {
    detail: { named, actual: `${digestAlgorithm(named)}:${hex}` },
  });
}
