import { Readable } from 'node:stream';
import { type Clock, systemClock } from '#/platform/clock.ts';
import { checkObjectPath, checkUploadId } from '#/storage/check-path.ts';
import { clipRange } from '#/storage/clip-range.ts';
import { type StorageDriver, StorageError } from '#/storage/driver.ts';
import { uploadPath, verifyPath } from '#/storage/paths.ts';

interface StoredObject {
  readonly bytes: Buffer;
  readonly touchedAtMs: number;
}

/** What outlives a driver instance, as a disk would: pass it to a second instance to act out a restart. */
export type MemoryStore = Map<string, StoredObject>;

/** Keeps everything in memory, with the semantics of the durable drivers; for tests only. */
export function createMemoryDriver(
  options: { readonly store?: MemoryStore; readonly clock?: Clock } = {},
): StorageDriver {
  const store: MemoryStore = options.store ?? new Map();
  const clock = options.clock ?? systemClock;
  const write = (path: string, bytes: Buffer): void => {
    store.set(path, { bytes, touchedAtMs: clock.nowMs() });
  };

  function getBytes(path: string): Buffer {
    checkObjectPath(path);
    const object = store.get(path);
    if (object === undefined) throw new StorageError('not_found', `there is no object at ${path}`);
    return object.bytes;
  }

  function getUploadBytes(uploadId: string, sizeBytes: number): Buffer {
    checkUploadId(uploadId);
    const bytes = store.get(uploadPath(uploadId))?.bytes ?? Buffer.alloc(0);
    if (bytes.length < sizeBytes) {
      throw new StorageError('not_found', `upload ${uploadId} holds less than ${sizeBytes} bytes`);
    }
    return bytes.subarray(0, sizeBytes);
  }

  return {
    async put(path, source) {
      checkObjectPath(path);
      const bytes = Buffer.isBuffer(source) ? Buffer.from(source) : Buffer.concat(await source.toArray());
      write(path, bytes);
      return { sizeBytes: bytes.length };
    },
    async read(path, range) {
      const bytes = getBytes(path);
      const { start, length } = clipRange(range, bytes.length);
      return streamOf(bytes.subarray(start, start + length));
    },
    async readSmall(path) {
      return Buffer.from(getBytes(path));
    },
    async stat(path) {
      checkObjectPath(path);
      const object = store.get(path);
      return object === undefined ? undefined : { sizeBytes: object.bytes.length };
    },
    async remove(path) {
      checkObjectPath(path);
      store.delete(path);
    },
    async signedUrl() {
      return undefined;
    },

    async startUpload(uploadId) {
      checkUploadId(uploadId);
      return {};
    },
    async append(uploadId, state, offset, source) {
      const pieces = [getUploadBytes(uploadId, offset)];
      let sourceError: unknown;
      try {
        for await (const piece of source) pieces.push(Buffer.from(piece));
      } catch (error) {
        sourceError = error;
      }
      const bytes = Buffer.concat(pieces);
      write(uploadPath(uploadId), bytes);
      const result = { writtenBytes: bytes.length - offset, state };
      return sourceError === undefined ? result : { ...result, sourceError };
    },
    async readUpload(uploadId, _state, sizeBytes) {
      return streamOf(getUploadBytes(uploadId, sizeBytes));
    },
    async completeUpload(uploadId, _state, sizeBytes, path) {
      checkObjectPath(path);
      write(path, Buffer.from(getUploadBytes(uploadId, sizeBytes)));
      store.delete(uploadPath(uploadId));
    },
    async cancelUpload(uploadId) {
      checkUploadId(uploadId);
      store.delete(uploadPath(uploadId));
    },
    async cleanUploads(olderThanMs, isKnown) {
      const prefix = uploadPath('');
      let removed = 0;
      for (const [path, object] of [...store]) {
        if (!path.startsWith(prefix) || object.touchedAtMs >= olderThanMs) continue;
        if (await isKnown(path.slice(prefix.length))) continue;
        store.delete(path);
        removed += 1;
      }
      return { removed };
    },

    async check() {
      write(verifyPath, Buffer.from('ok'));
    },
    async close() {},
  };
}

/** A byte stream in pieces, so that readers meet chunk borders as with a real store. */
function streamOf(bytes: Buffer): Readable {
  const pieceBytes = 64 * 1024;
  let position = 0;
  return new Readable({
    read() {
      this.push(position < bytes.length ? bytes.subarray(position, position + pieceBytes) : null);
      position += pieceBytes;
    },
  });
}
