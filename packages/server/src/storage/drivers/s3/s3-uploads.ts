import { Readable } from 'node:stream';
import { checkObjectPath, checkUploadId } from '#/storage/check-path.ts';
import type { StorageDriver } from '#/storage/driver.ts';
import { assembleUpload } from './assemble-upload.ts';
import { cleanStaleUploads } from './clean-stale-uploads.ts';
import { mapS3Error, mapWriteError } from './map-s3-error.ts';
import type { ObjectStore } from './object-store.ts';
import { readSegments } from './read-object.ts';
import { discardSegments } from './remove-objects.ts';
import {
  cutSegments,
  newSegmentName,
  parseSegments,
  type Segment,
  segmentPath,
  splitTail,
} from './upload-segments.ts';
import { writeObject } from './write-object.ts';

type S3Uploads = Pick<
  StorageDriver,
  'startUpload' | 'append' | 'readUpload' | 'completeUpload' | 'cancelUpload' | 'cleanUploads'
>;

/** Running uploads of an object store; how they are laid out says `SegmentedUpload`. */
export function createS3Uploads(store: ObjectStore): S3Uploads {
  return {
    async startUpload(uploadId) {
      checkUploadId(uploadId);
      return { segments: [], replaced: [] };
    },
    async append(uploadId, state, offset, source) {
      checkUploadId(uploadId);
      const upload = parseSegments(state);
      const { whole, tail } = splitTail(cutSegments(upload.segments, offset), store.options.minimumPartBytes);
      const pieces = source[Symbol.asyncIterator]();
      const first = await findFirst(pieces);
      if ('error' in first) return { writtenBytes: 0, state, sourceError: first.error };
      if (first.piece === undefined) return { writtenBytes: 0, state };

      const before = tail === undefined ? undefined : await readTail(store, uploadId, tail, pieces);
      const name = newSegmentName(offset);
      const key = store.keyOf(segmentPath(uploadId, name));
      const [written] = await Promise.all([
        writeObject(
          store,
          key,
          { before, source: continueWith(first.piece, pieces) },
          { keepsPartial: true },
        ),
        // The state at hand was stored, so what it gave up is not needed by any other.
        discardSegments(store, uploadId, upload.replaced),
      ]);
      const { sizeBytes } = written;
      const keptNames = new Set(whole.map((segment) => segment.name));
      const nextState = {
        segments: [...whole, { name, sizeBytes, objectBytes: sizeBytes }],
        replaced: upload.segments.map((segment) => segment.name).filter((old) => !keptNames.has(old)),
      };
      const result = { writtenBytes: sizeBytes - (tail?.sizeBytes ?? 0), state: nextState };
      return 'sourceError' in written ? { ...result, sourceError: written.sourceError } : result;
    },
    async readUpload(uploadId, state, sizeBytes) {
      checkUploadId(uploadId);
      const segments = cutSegments(parseSegments(state).segments, sizeBytes);
      return Readable.from(readSegments(store, uploadId, segments), { objectMode: false });
    },
    async completeUpload(uploadId, state, sizeBytes, path) {
      checkUploadId(uploadId);
      checkObjectPath(path);
      const upload = parseSegments(state);
      try {
        await assembleUpload(store, uploadId, cutSegments(upload.segments, sizeBytes), path);
      } catch (error) {
        throw mapWriteError(error, 'complete', store);
      }
      await discardSegments(store, uploadId, namesOf(upload));
    },
    async cancelUpload(uploadId, state) {
      checkUploadId(uploadId);
      await discardSegments(store, uploadId, namesOf(parseSegments(state)));
    },
    async cleanUploads(olderThanMs, isKnown) {
      return await cleanStaleUploads(store, olderThanMs, isKnown);
    },
  };
}

function namesOf(upload: ReturnType<typeof parseSegments>): string[] {
  return [...upload.segments.map((segment) => segment.name), ...upload.replaced];
}

/** The first piece with bytes in it, `undefined` at the end of the source, or the source's error. */
async function findFirst(
  pieces: AsyncIterator<Buffer>,
): Promise<{ readonly piece: Buffer | undefined } | { readonly error: unknown }> {
  try {
    for (;;) {
      const next = await pieces.next();
      if (next.done === true) return { piece: undefined };
      if (next.value.length > 0) return { piece: next.value };
    }
  } catch (error) {
    return { error };
  }
}

/** The small segment that the next one starts with. */
async function readTail(
  store: ObjectStore,
  uploadId: string,
  tail: Segment,
  pieces: AsyncIterator<Buffer>,
): Promise<Buffer> {
  try {
    const read: Buffer[] = [];
    for await (const piece of readSegments(store, uploadId, [tail])) read.push(piece);
    return Buffer.concat(read);
  } catch (error) {
    await pieces.return?.();
    throw mapS3Error(error, 'append to');
  }
}

async function* continueWith(first: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  let isDone = false;
  try {
    yield first;
    for (;;) {
      const next = await rest.next();
      isDone = next.done === true;
      if (next.done === true) return;
      yield next.value;
    }
  } catch (error) {
    isDone = true;
    throw error;
  } finally {
    if (!isDone) await rest.return?.();
  }
}
