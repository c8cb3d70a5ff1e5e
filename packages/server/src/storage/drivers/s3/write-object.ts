import { mapS3Error } from './map-s3-error.ts';
import type { ObjectStore } from './object-store.ts';
import { createPartBuffer } from './part-buffer.ts';
import { createPartSender } from './part-sender.ts';

const usualPartBytes = 8 * 1024 * 1024;

/** Size of a part by its index: doubles every 2,500 parts, so that 10,000 of them hold 292 GiB in bounded memory. */
export function partBytes(index: number, minimumPartBytes: number): number {
  return Math.max(usualPartBytes, minimumPartBytes) * 2 ** Math.floor(index / 2_500);
}

/**
 * Writes `before` and then a source into one object, of which readers see nothing before all of it is there. One part is sent while the next
 * is gathered. When the source fails, what arrived becomes the object if `keepsPartial`; else nothing does and its error is thrown.
 */
export async function writeObject(
  store: ObjectStore,
  key: string,
  content: { readonly before?: Buffer | undefined; readonly source?: AsyncIterable<Buffer> },
  options: { readonly keepsPartial: boolean },
): Promise<{ readonly sizeBytes: number; readonly sourceError?: unknown }> {
  const parts = createPartSender(store, key);
  const guarded = guardSource(content.before, content.source);
  const part = createPartBuffer();
  let sizeBytes = 0;
  try {
    for await (const piece of guarded) {
      sizeBytes += piece.length;
      let rest = piece;
      while (rest.length > 0) {
        const limit = partBytes(parts.count(), store.options.minimumPartBytes);
        rest = rest.subarray(part.add(rest, limit));
        if (part.sizeBytes() === limit) await parts.send(part.take());
      }
    }
    const failure = guarded.failure();
    if (failure !== undefined && !options.keepsPartial) throw failure.error;
    await parts.finish(part.take(), sizeBytes);
    return failure === undefined ? { sizeBytes } : { sizeBytes, sourceError: failure.error };
  } catch (error) {
    await parts.abort();
    throw error === guarded.failure()?.error ? error : mapS3Error(error, 'write');
  }
}

/** The same pieces; a failure of the source ends them and is kept apart from the failures of the store. */
function guardSource(
  before: Buffer | undefined,
  source: AsyncIterable<Buffer> | undefined,
): AsyncIterable<Buffer> & { failure(): { readonly error: unknown } | undefined } {
  let failure: { readonly error: unknown } | undefined;
  return {
    failure: () => failure,
    async *[Symbol.asyncIterator]() {
      try {
        if (before !== undefined) yield before;
        if (source !== undefined) yield* source;
      } catch (error) {
        failure = { error };
      }
    },
  };
}
