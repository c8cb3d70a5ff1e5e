import { Readable } from 'node:stream';
import { checkObjectPath, checkUploadId } from '#/storage/check-path.ts';
import type { StorageDriver } from '#/storage/driver.ts';
import { appendSegments } from './append-segments.ts';
import { assembleUpload } from './assemble-upload.ts';
import { cleanStaleUploads } from './clean-stale-uploads.ts';
import { mapWriteError } from './map-s3-error.ts';
import type { ObjectStore } from './object-store.ts';
import { readSegments } from './read-object.ts';
import { discardSegments } from './remove-objects.ts';
import { cutSegments, parseSegments } from './upload-segments.ts';

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
      return await appendSegments(store, uploadId, state, offset, source);
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
