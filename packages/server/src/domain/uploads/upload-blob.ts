import { randomUUID } from 'node:crypto';
import { type Digest, digestAlgorithm, digestEncoded } from '@wharf/oci';
import { fromStore, storeBlob } from '#/domain/blobs/index.ts';
import type { Services } from '#/domain/services.ts';
import { wrongDigest } from './commit-upload.ts';
import { createContentHash } from './content-hash.ts';
import { dropUploadBytes } from './drop-upload-bytes.ts';
import { brokenOff } from './give-back.ts';
import { notifyObservers } from './observe-uploads.ts';
import { placeUpload } from './place-upload.ts';
import { checkPlacement, receiveBody } from './receive-body.ts';
import type { BodyPlacement, UploadStore } from './upload.ts';

/**
 * Stores a blob that comes whole in one request (registry protocol, POST with `digest`), without an upload row: a crash leaves at
 * most bytes that the clean-up of uploads finds. Nothing is kept of a refused body. Throws `digest_mismatch`, `too_large`,
 * `size_invalid`, `range_invalid`, `upload_invalid` (the body broke off) and the storage's errors.
 */
export async function uploadBlob(
  services: Services,
  input: BodyPlacement & {
    readonly repositoryId: number;
    readonly digest: Digest;
    readonly body: AsyncIterable<Buffer>;
  },
): Promise<{ readonly digest: Digest; readonly sizeBytes: number }> {
  const { storage, settings } = services;
  const { repositoryId, digest } = input;
  const location = storage.preferred;
  const { driver } = location;
  const maximumBytes = settings.maximumLayerSizeBytes;
  checkPlacement(0, input, maximumBytes);
  const id = randomUUID();
  let store: UploadStore = { id, state: await fromStore(() => driver.startUpload(id)) };
  try {
    const hash = createContentHash(digestAlgorithm(digest));
    const received = await receiveBody({
      driver,
      store,
      offset: 0,
      body: input.body,
      placement: input,
      maximumBytes,
      hash,
      keepLock: async () => {},
    });
    store = received.store;
    if (received.sourceError !== undefined) throw brokenOff(received.sourceError);
    const sizeBytes = received.writtenBytes;
    if (hash.digestSoFar() !== digestEncoded(digest)) throw wrongDigest(digest, hash.digestSoFar());
    const { placed } = await storeBlob(services, {
      digest,
      sizeBytes,
      location,
      repositoryId,
      place: (path) => placeUpload(driver, { store, sizeBytes, digest }, path),
    });
    notifyObservers((observer) => observer.committed?.({ sizeBytes, stored: placed }));
    if (!placed) await dropUploadBytes(services, { location: location.name, store });
    return { digest, sizeBytes };
  } catch (error) {
    await dropUploadBytes(services, { location: location.name, store });
    throw error;
  }
}
