import { createHash } from 'node:crypto';
import { type Digest, type DigestAlgorithm, parseDigest } from '@wharf/oci';

/** Deterministic bytes that differ by seed. */
export function bytesOf(sizeBytes: number, seed = 1): Buffer {
  const bytes = Buffer.alloc(sizeBytes);
  let state = (seed * 2654435761) >>> 0 || 1;
  for (let index = 0; index < sizeBytes; index += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[index] = state >>> 24;
  }
  return bytes;
}

export function digestOf(bytes: Buffer, algorithm: DigestAlgorithm = 'sha256'): Digest {
  return parseDigest(`${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`);
}

/** A request body: the bytes in pieces, and then, if given, the error of a client that goes away. */
export async function* bodyOf(
  bytes: Buffer,
  options: { pieceBytes?: number; error?: Error } = {},
): AsyncGenerator<Buffer> {
  const pieceBytes = options.pieceBytes ?? 64 * 1024;
  for (let start = 0; start < bytes.length; start += pieceBytes) {
    yield bytes.subarray(start, start + pieceBytes);
  }
  if (options.error !== undefined) throw options.error;
}
