import { mapS3Error } from './map-s3-error.ts';
import type { ObjectStore } from './object-store.ts';
import { createPartBuffer } from './part-buffer.ts';
import { createPartSender } from './part-sender.ts';
import type { Arrival, PieceReader } from './piece-reader.ts';

const usualPartBytes = 8 * 1024 * 1024;

/** Size of a part by its index: doubles every 2,500 parts, so that 10,000 of them hold 292 GiB in bounded memory. */
export function partBytes(index: number, minimumPartBytes: number): number {
  return Math.max(usualPartBytes, minimumPartBytes) * 2 ** Math.floor(index / 2_500);
}

interface WrittenObject {
  readonly sizeBytes: number;
  readonly sourceError?: unknown;
  /** The source goes on, but others waited for the memory of its slow parts: the object holds what was read. */
  readonly isCut?: true;
}

/**
 * Writes `before` and then a source into one object, of which readers see nothing before all of it is there. One part is sent while the next
 * is gathered. With `keepsPartial`, what arrived becomes the object when the source fails or is slow while memory is short; else
 * nothing does when it fails, and its error is thrown.
 */
export async function writeObject(
  store: ObjectStore,
  key: string,
  content: { readonly before?: Buffer | AsyncIterable<Buffer>; readonly source?: PieceReader },
  options: { readonly keepsPartial: boolean },
): Promise<WrittenObject> {
  const { before, source } = content;
  const parts = createPartSender(store, key);
  const cut = createCut();
  const part = createPartBuffer(store.places, options.keepsPartial ? cut.call : undefined);
  const limitBytes = (): number => partBytes(parts.count(), store.options.minimumPartBytes);
  let sizeBytes = 0;
  let failure: { readonly error: unknown } | undefined;

  async function write(piece: Buffer): Promise<void> {
    sizeBytes += piece.length;
    let rest = piece;
    while (rest.length > 0) {
      const limit = limitBytes();
      rest = rest.subarray(await part.add(rest, limit));
      if (part.sizeBytes() === limit) await parts.send(part.take());
    }
  }

  try {
    if (Buffer.isBuffer(before)) {
      await write(before);
    } else if (before !== undefined) {
      // Not while its request is open: the store would wait too.
      await part.reserve(limitBytes());
      for await (const piece of before) await write(piece);
    }
    while (source !== undefined && !cut.isCalled()) {
      const arrival = await cut.orArrival(source);
      if (arrival === undefined) break;
      if (arrival.piece === undefined) {
        failure = arrival.failure;
        break;
      }
      source.take();
      await write(arrival.piece);
    }
    if (failure !== undefined && !options.keepsPartial) throw failure.error;
    await parts.finish(part.take(), sizeBytes);
    if (failure !== undefined) return { sizeBytes, sourceError: failure.error };
    return cut.isCalled() ? { sizeBytes, isCut: true } : { sizeBytes };
  } catch (error) {
    source?.stop();
    part.take().release();
    await parts.abort();
    throw error === failure?.error ? error : mapS3Error(error, 'write');
  }
}

/** A call that ends the wait for a slow source. */
function createCut(): {
  call(): void;
  isCalled(): boolean;
  /** What the source gives next, or undefined when the call came first. */
  orArrival(source: PieceReader): Promise<Arrival | undefined>;
} {
  let isCalled = false;
  let wake: (() => void) | undefined;
  return {
    call() {
      isCalled = true;
      wake?.();
    },
    isCalled: () => isCalled,
    orArrival: (source) =>
      // Not Promise.race with one promise for all pieces, which would remember each of them.
      new Promise((resolve) => {
        wake = () => resolve(undefined);
        void source.peek().then(resolve);
      }),
  };
}
