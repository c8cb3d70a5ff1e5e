import { createHash, type Hash, randomBytes } from 'node:crypto';

export const mebibyte = 1024 * 1024;
/** What makes one blob differ from all others. */
const tailBytes = 32;

export interface Payload {
  readonly digest: string;
  readonly sizeBytes: number;
  /** The bytes as buffers that are shared with other payloads: not to be changed. */
  pieces(): Iterable<Buffer>;
}

const shared: { random: Buffer; readonly hashes: Map<number, Hash> } = {
  random: Buffer.alloc(0),
  hashes: new Map(),
};

/** Random bytes of at least this length, made once; longer requests replace shorter ones. */
function randomBlock(sizeBytes: number): Buffer {
  if (shared.random.length < sizeBytes) {
    shared.random = randomBytes(sizeBytes);
    shared.hashes.clear();
  }
  return shared.random;
}

/**
 * A blob unlike any other of the run: shared random bytes and a fresh tail. The hash of the shared part is kept for each size, so a further
 * payload costs microseconds. Sizes past 100 MiB repeat a block of 10 MiB.
 */
export function createPayload(sizeBytes: number): Payload {
  const blockBytes = sizeBytes > 100 * mebibyte ? 10 * mebibyte : sizeBytes;
  const block = randomBlock(Math.max(blockBytes, 10 * mebibyte));
  const bodyBytes = sizeBytes - tailBytes;
  const tail = randomBytes(tailBytes);

  function* body(): Generator<Buffer> {
    for (let at = 0; at < bodyBytes; at += blockBytes) {
      yield block.subarray(0, Math.min(blockBytes, bodyBytes - at));
    }
  }

  let hash = shared.hashes.get(sizeBytes);
  if (hash === undefined) {
    hash = createHash('sha256');
    for (const piece of body()) hash.update(piece);
    shared.hashes.set(sizeBytes, hash);
  }
  return {
    digest: `sha256:${hash.copy().update(tail).digest('hex')}`,
    sizeBytes,
    *pieces() {
      yield* body();
      yield tail;
    },
  };
}

/** Cuts a payload into runs of at most `limitBytes`, without copying. */
export function* cutPieces(pieces: Iterable<Buffer>, limitBytes: number): Generator<Buffer[]> {
  let run: Buffer[] = [];
  let runBytes = 0;
  for (const piece of pieces) {
    for (let at = 0; at < piece.length; ) {
      const part = piece.subarray(at, at + Math.min(limitBytes - runBytes, piece.length - at));
      run.push(part);
      runBytes += part.length;
      at += part.length;
      if (runBytes < limitBytes) continue;
      yield run;
      run = [];
      runBytes = 0;
    }
  }
  if (runBytes > 0) yield run;
}
