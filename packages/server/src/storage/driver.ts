import type { FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';

/** Bytes `start` to `end`, both inclusive, counted from 0. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** What a driver must remember of a running upload between requests; JSON, stored in the upload's row. */
export type UploadState = Readonly<Record<string, unknown>>;

export interface AppendResult {
  /** Bytes that are durable now, counted from the given offset; less than offered when the source ended early. */
  readonly writtenBytes: number;
  readonly state: UploadState;
}

/** A failure of the store itself; `kind` tells callers whether to answer 507, 503 or 404. */
export class StorageError extends Error {
  readonly kind: 'not_found' | 'full' | 'unavailable' | 'invalid';

  constructor(kind: StorageError['kind'], message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'StorageError';
    this.kind = kind;
  }
}

/**
 * One store of bytes. Paths are relative, made only by `storage/paths.ts`. Every method throws StorageError.
 * A method that returns has made its effect durable (fsync, or the object store's acknowledgement).
 */
export interface StorageDriver {
  /** Writes a whole object atomically: readers see the old state or all of it. Replaces an existing one. */
  put(path: string, source: Readable | Buffer): Promise<{ readonly sizeBytes: number }>;
  /** Streams an object or a part of it; `not_found` when absent, also when it vanished since `stat`. */
  read(path: string, range?: ByteRange): Promise<Readable>;
  /** An open handle for positional reads, where the object is a local file; the caller closes it. */
  openFile?(path: string): Promise<FileHandle>;
  /** The whole object in memory; only for objects known to be small. */
  readSmall(path: string): Promise<Buffer>;
  /** Size of an object, or undefined when absent. */
  stat(path: string): Promise<{ readonly sizeBytes: number } | undefined>;
  /** Removes an object; an absent one is no error. */
  remove(path: string): Promise<void>;
  /** A URL that lets anyone GET (or HEAD) the object for that long, or undefined when the store has none. */
  signedUrl(
    path: string,
    options: { readonly expiresInSeconds: number; readonly method: 'GET' | 'HEAD' },
  ): Promise<string | undefined>;

  /** Opens an upload; nothing need exist in the store before the first byte. */
  startUpload(uploadId: string): Promise<UploadState>;
  /**
   * Appends at `offset`, which must equal the bytes durable so far; anything that the store holds beyond `offset` (a write whose row
   * was never committed) is dropped first. A store that holds less than `offset` throws `not_found`. When the source
   * fails, what arrived is kept, made durable and returned, and the source's error is in `sourceError`.
   */
  append(
    uploadId: string,
    state: UploadState,
    offset: number,
    source: AsyncIterable<Buffer>,
  ): Promise<AppendResult & { readonly sourceError?: unknown }>;
  /** Streams bytes 0 to `sizeBytes` - 1 of a running upload. */
  readUpload(uploadId: string, state: UploadState, sizeBytes: number): Promise<Readable>;
  /** Turns the first `sizeBytes` bytes of the upload into the object at `path`, replacing an existing one, and ends the upload. */
  completeUpload(uploadId: string, state: UploadState, sizeBytes: number, path: string): Promise<void>;
  /** Drops everything of an upload; an absent one is no error. */
  cancelUpload(uploadId: string, state: UploadState): Promise<void>;
  /** Removes what uploads left in the store and no row names: parts last touched before `olderThanMs` whose id `isKnown` denies. */
  cleanUploads(
    olderThanMs: number,
    isKnown: (uploadId: string) => Promise<boolean>,
  ): Promise<{ readonly removed: number }>;

  /** Writes and reads `_verify`. */
  check(): Promise<void>;
  /** Lets pages of any origin load objects by signed URLs, where the store keeps rules about that (CORS). */
  allowBrowsers?(): Promise<void>;
  close(): Promise<void>;
}
