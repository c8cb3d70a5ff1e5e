import {
  AbortMultipartUploadCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
} from '@aws-sdk/client-s3';
import { uploadPath } from '#/storage/paths.ts';
import { mapS3Error, s3ErrorName } from './map-s3-error.ts';
import type { ObjectStore } from './object-store.ts';
import { removeKey } from './remove-objects.ts';

/** Folders in which this driver begins multipart uploads; others under an empty `storage_path` may belong to somebody else. */
const writtenFolders = [uploadPath(''), 'sha256/', 'sha512/'];

type IsKnown = (uploadId: string) => Promise<boolean>;

/** Removes old objects below `uploads/` whose upload is unknown, and aborts old multipart uploads that a crash left open. */
export async function cleanStaleUploads(
  store: ObjectStore,
  olderThanMs: number,
  isKnown: IsKnown,
): Promise<{ readonly removed: number }> {
  try {
    let removed = await cleanObjects(store, olderThanMs, isKnown);
    for (const folder of writtenFolders)
      removed += await cleanMultiparts(store, folder, olderThanMs, isKnown);
    return { removed };
  } catch (error) {
    throw mapS3Error(error, 'clean');
  }
}

async function cleanObjects(store: ObjectStore, olderThanMs: number, isKnown: IsKnown): Promise<number> {
  const prefix = store.keyOf(uploadPath(''));
  let removed = 0;
  let token: string | undefined;
  do {
    const after = token === undefined ? {} : { ContinuationToken: token };
    const page = await store.client.send(
      new ListObjectsV2Command({ Bucket: store.bucket, Prefix: prefix, ...after }),
    );
    for (const { Key, LastModified } of page.Contents ?? []) {
      if (Key === undefined || LastModified === undefined || LastModified.getTime() >= olderThanMs) continue;
      if (await isKnown(uploadIdOf(Key, prefix))) continue;
      await removeKey(store, Key);
      removed += 1;
    }
    token = page.NextContinuationToken;
  } while (token !== undefined);
  return removed;
}

async function cleanMultiparts(
  store: ObjectStore,
  folder: string,
  olderThanMs: number,
  isKnown: IsKnown,
): Promise<number> {
  const prefix = store.keyOf(folder);
  const isUpload = folder === uploadPath('');
  let removed = 0;
  let after = {};
  for (;;) {
    const page = await store.client.send(
      new ListMultipartUploadsCommand({ Bucket: store.bucket, Prefix: prefix, ...after }),
    );
    for (const { Key, UploadId, Initiated } of page.Uploads ?? []) {
      if (Key === undefined || UploadId === undefined || Initiated === undefined) continue;
      if (Initiated.getTime() >= olderThanMs) continue;
      if (isUpload && (await isKnown(uploadIdOf(Key, prefix)))) continue;
      try {
        await store.client.send(new AbortMultipartUploadCommand({ Bucket: store.bucket, Key, UploadId }));
        removed += 1;
      } catch (error) {
        // Another node was faster.
        if (s3ErrorName(error) !== 'NoSuchUpload') throw error;
      }
    }
    if (page.IsTruncated !== true || page.NextKeyMarker === undefined) return removed;
    after = {
      KeyMarker: page.NextKeyMarker,
      ...(page.NextUploadIdMarker === undefined ? {} : { UploadIdMarker: page.NextUploadIdMarker }),
    };
  }
}

function uploadIdOf(key: string, prefix: string): string {
  const name = key.slice(prefix.length);
  const dot = name.indexOf('.');
  return dot === -1 ? name : name.slice(0, dot);
}
