import {
  AbortMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { StorageError } from '#/storage/driver.ts';
import { completeMultipart } from './complete-multipart.ts';
import { copyTimeoutMs, type ObjectStore, objectContentType } from './object-store.ts';

const parallelCopies = 4;

/** Bytes `start` to `end` (inclusive) of an object, or all of it. */
export interface CopyPiece {
  readonly key: string;
  readonly sizeBytes: number;
  readonly range?: { readonly start: number; readonly end: number };
}

/** Copies one whole object inside the store in one request. */
export async function copyWhole(store: ObjectStore, from: string, to: string): Promise<void> {
  const input = { Bucket: store.bucket, Key: to, CopySource: copySource(store, from), ...store.encryption };
  await store.client.send(new CopyObjectCommand(input), { requestTimeout: copyTimeoutMs });
}

/** Joins pieces into one object inside the store; every piece but the last is at least the smallest part. */
export async function copyPieces(
  store: ObjectStore,
  pieces: readonly CopyPiece[],
  to: string,
): Promise<void> {
  const target = { Bucket: store.bucket, Key: to };
  const creation = { ...target, ContentType: objectContentType, ...store.encryption };
  const { UploadId: id } = await store.client.send(new CreateMultipartUploadCommand(creation));
  if (id === undefined) throw new StorageError('unavailable', 'the object store named no multipart upload');
  const entityTags: string[] = [];

  async function copyPiece(piece: CopyPiece, index: number): Promise<void> {
    const range =
      piece.range === undefined ? {} : { CopySourceRange: `bytes=${piece.range.start}-${piece.range.end}` };
    const input = {
      ...target,
      UploadId: id,
      PartNumber: index + 1,
      CopySource: copySource(store, piece.key),
      ...range,
    };
    const answer = await store.client.send(new UploadPartCopyCommand(input), {
      requestTimeout: copyTimeoutMs,
    });
    if (answer.CopyPartResult?.ETag === undefined) {
      throw new StorageError('unavailable', 'the object store gave a copied part no entity tag');
    }
    entityTags[index] = answer.CopyPartResult.ETag;
  }

  try {
    const waiting = pieces.entries();
    const copyWaiting = async (): Promise<void> => {
      for (const [index, piece] of waiting) await copyPiece(piece, index);
    };
    await settleAll(Array.from({ length: parallelCopies }, copyWaiting));
    const sizeBytes = pieces.reduce((sum, piece) => sum + piece.sizeBytes, 0);
    await completeMultipart(store, { key: to, id, entityTags, sizeBytes });
  } catch (error) {
    await store.client
      .send(new AbortMultipartUploadCommand({ ...target, UploadId: id }))
      .catch(() => undefined);
    throw error;
  }
}

/** Waits for all, also when one fails: nothing may still be copying when the multipart upload is aborted. */
async function settleAll(running: readonly Promise<void>[]): Promise<void> {
  const results = await Promise.allSettled(running);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

function copySource(store: ObjectStore, key: string): string {
  return [store.bucket, ...key.split('/')].map(encodeURIComponent).join('/');
}
