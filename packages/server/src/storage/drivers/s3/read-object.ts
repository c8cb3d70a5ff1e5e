import { Readable } from 'node:stream';
import { GetObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import { checkRange } from '#/storage/clip-range.ts';
import { type ByteRange, StorageError } from '#/storage/driver.ts';
import { mapS3Error } from './map-s3-error.ts';
import type { ObjectStore } from './object-store.ts';
import { type Segment, segmentPath } from './upload-segments.ts';

/** Streams an object or a part of it; throws StorageError. */
export async function readObject(store: ObjectStore, path: string, range?: ByteRange): Promise<Readable> {
  if (range !== undefined) checkRange(range);
  const bytes = range === undefined ? {} : { Range: `bytes=${range.start}-${range.end}` };
  try {
    const { Body, ContentRange } = await store.client.send(
      new GetObjectCommand({ Bucket: store.bucket, Key: store.keyOf(path), ...bytes }),
    );
    if (Body instanceof Readable) {
      if (range === undefined || ContentRange?.startsWith(`bytes ${range.start}-`)) return Body;
      Body.destroy();
      throw new StorageError('unavailable', 'the object store ignored the range');
    }
  } catch (error) {
    throw mapS3Error(error, 'read');
  }
  throw new StorageError('unavailable', 'the object store sent no body');
}

/** Size of an object; throws what the client throws when there is none. */
export async function headSize(store: ObjectStore, path: string): Promise<number> {
  const input = { Bucket: store.bucket, Key: store.keyOf(path) };
  const { ContentLength } = await store.client.send(new HeadObjectCommand(input));
  if (ContentLength === undefined) throw new StorageError('unavailable', 'the object store named no size');
  return ContentLength;
}

/** The bytes of all segments, one after the other; a request is open only while its segment is read. */
export async function* readSegments(
  store: ObjectStore,
  uploadId: string,
  segments: readonly Segment[],
): AsyncGenerator<Buffer> {
  for (const segment of segments) {
    const range =
      segment.sizeBytes === segment.objectBytes ? undefined : { start: 0, end: segment.sizeBytes - 1 };
    const body = await readObject(store, segmentPath(uploadId, segment.name), range);
    for await (const piece of body) yield piece;
  }
}
