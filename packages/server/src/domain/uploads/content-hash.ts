import { createHash, type Hash } from 'node:crypto';
import type { DigestAlgorithm } from '@wharf/oci';
import { createSHA256, createSHA512 } from 'hash-wasm';

/** A running digest over the bytes of an upload. */
export interface ContentHash {
  readonly algorithm: DigestAlgorithm;
  update(chunk: Buffer): void;
  /** Hex digest over all bytes so far; the hash goes on. */
  digestSoFar(): string;
  /** State that `restoreHash` takes on any node; undefined for hashes that cannot be exported. */
  exportState(): Buffer | undefined;
  /** An independent hash at the same position. */
  fork(): ContentHash | undefined;
}

/** Node's own hash: the fastest, but tied to this process. */
export function createContentHash(algorithm: DigestAlgorithm): ContentHash {
  return fromNative(algorithm, createHash(algorithm));
}

function fromNative(algorithm: DigestAlgorithm, hash: Hash): ContentHash {
  return {
    algorithm,
    update: (chunk) => void hash.update(chunk),
    digestSoFar: () => hash.copy().digest('hex'),
    exportState: () => undefined,
    fork: () => fromNative(algorithm, hash.copy()),
  };
}

/**
 * A hash whose state can be stored with the upload's row, new or from such a state. Undefined when the state cannot be used, for
 * example because another version of the library wrote it.
 */
export async function createPortableHash(
  algorithm: DigestAlgorithm,
  state?: Buffer,
): Promise<ContentHash | undefined> {
  const hasher = algorithm === 'sha512' ? await createSHA512() : await createSHA256();
  try {
    if (state === undefined) hasher.init();
    else hasher.load(state);
  } catch {
    return undefined;
  }
  const save = (): Uint8Array => Uint8Array.from(hasher.save());
  return {
    algorithm,
    update: (chunk) => void hasher.update(chunk),
    digestSoFar: () => {
      const position = save();
      const hex = hasher.digest('hex');
      hasher.load(position);
      return hex;
    },
    exportState: () => Buffer.from(save()),
    fork: () => undefined,
  };
}
