import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import type { ObjectStore } from './object-store.ts';
import { segmentPath } from './upload-segments.ts';

const parallelRequests = 8;

/** Removes one object; an absent one is no error to the store. One request each: stores disagree about the checksum of a batch. */
export async function removeKey(store: ObjectStore, key: string): Promise<void> {
  await store.client.send(new DeleteObjectCommand({ Bucket: store.bucket, Key: key }));
}

/** Removes segments as far as the store lets it: `cleanUploads` finds those that stay. */
export async function discardSegments(
  store: ObjectStore,
  uploadId: string,
  names: Iterable<string>,
): Promise<void> {
  const waiting = Iterator.from(names);
  const removeWaiting = async (): Promise<void> => {
    for (const name of waiting) {
      await removeKey(store, store.keyOf(segmentPath(uploadId, name))).catch(() => undefined);
    }
  };
  await Promise.all(Array.from({ length: parallelRequests }, removeWaiting));
}
