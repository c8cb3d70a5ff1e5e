import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { StorageError, type UploadState } from '#/storage/driver.ts';

export const mebibyte = 1024 * 1024;
/** Where most tests put their object. */
export const objectPath = 'sha256/ab/abcdef';

/** The work fails with a StorageError of that kind. */
export async function rejectsWith(kind: StorageError['kind'], work: Promise<unknown>): Promise<void> {
  await assert.rejects(work, (error: unknown) => {
    assert.ok(error instanceof StorageError, `${error} is no StorageError`);
    assert.equal(error.kind, kind, error.message);
    return true;
  });
}

/** All bytes of a stream. */
export async function readAll(stream: Promise<Readable>): Promise<Buffer> {
  return Buffer.concat(await (await stream).toArray());
}

/** The bytes in pieces of that size. */
export function* cutPieces(bytes: Buffer, pieceBytes: number): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}

/** As `cutPieces`, as the source of an append. */
export async function* pieces(bytes: Buffer, pieceBytes: number): AsyncGenerator<Buffer> {
  yield* cutPieces(bytes, pieceBytes);
}

/** A source that gives some pieces and then fails. */
export async function* failingAfter(arrived: Iterable<Buffer>, failure: Error): AsyncGenerator<Buffer> {
  yield* arrived;
  throw failure;
}

/** The state as its row gives it back. */
export function throughJson(state: UploadState): UploadState {
  return JSON.parse(JSON.stringify(state));
}

/** An instant before which everything was last touched. */
export function farFuture(): number {
  return Date.now() + 24 * 3_600_000;
}

/** Bytes without a short period, the same for the same seed. */
export function patternBytes(sizeBytes: number, seed: number): Buffer {
  const words = new Uint32Array(Math.ceil(sizeBytes / 4));
  let value = (seed + 1) * 2_654_435_761;
  for (let index = 0; index < words.length; index += 1) {
    value = (Math.imul(value, 1_664_525) + 1_013_904_223) >>> 0;
    words[index] = value;
  }
  return Buffer.from(words.buffer, 0, sizeBytes);
}

/** Digest, in hexadecimal: failures stay readable. */
export function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
