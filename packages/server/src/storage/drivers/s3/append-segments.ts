import type { AppendResult, UploadState } from '#/storage/driver.ts';
import type { ObjectStore } from './object-store.ts';
import { type Arrival, createPieceReader } from './piece-reader.ts';
import { readSegments } from './read-object.ts';
import { discardSegments } from './remove-objects.ts';
import { cutSegments, newSegmentName, parseSegments, segmentPath, splitTail } from './upload-segments.ts';
import { writeObject } from './write-object.ts';

/**
 * Appends a source as one segment, or as several when its client is slow while memory is short: each ends what the one before had begun, and
 * between them the upload holds nothing in memory. See `StorageDriver.append`.
 */
export async function appendSegments(
  store: ObjectStore,
  uploadId: string,
  state: UploadState,
  offset: number,
  source: AsyncIterable<Buffer>,
): Promise<AppendResult & { readonly sourceError?: unknown }> {
  const upload = parseSegments(state);
  let segments = cutSegments(upload.segments, offset);
  const reader = createPieceReader(source);
  let next = await reader.peek();
  if (next.piece === undefined) return { writtenBytes: 0, state, ...errorOf(next) };

  // The state at hand was stored, so what it gave up is not needed by any other.
  const discarding = discardSegments(store, uploadId, upload.replaced);
  const made = new Set<string>();
  let writtenBytes = 0;
  try {
    for (;;) {
      const { whole, tail } = splitTail(segments, store.options.minimumPartBytes);
      const name = newSegmentName(offset + writtenBytes);
      const before = tail === undefined ? {} : { before: readSegments(store, uploadId, [tail]) };
      const key = store.keyOf(segmentPath(uploadId, name));
      const written = await writeObject(store, key, { ...before, source: reader }, { keepsPartial: true });
      const { sizeBytes } = written;
      made.add(name);
      segments = [...whole, { name, sizeBytes, objectBytes: sizeBytes }];
      writtenBytes += sizeBytes - (tail?.sizeBytes ?? 0);
      // No stored state names it.
      if (tail !== undefined && made.delete(tail.name)) await discardSegments(store, uploadId, [tail.name]);
      if (written.isCut === undefined) {
        const failure = 'sourceError' in written ? { sourceError: written.sourceError } : {};
        return { writtenBytes, state: nextState(), ...failure };
      }
      next = await reader.peek();
      if (next.piece === undefined) return { writtenBytes, state: nextState(), ...errorOf(next) };
    }
  } catch (error) {
    await discardSegments(store, uploadId, made);
    throw error;
  } finally {
    await discarding;
  }

  function nextState(): UploadState {
    const kept = new Set(segments.map((segment) => segment.name));
    const replaced = upload.segments.map((segment) => segment.name).filter((name) => !kept.has(name));
    return { segments, replaced };
  }
}

function errorOf(arrival: Arrival): { readonly sourceError?: unknown } {
  if (arrival.piece !== undefined || arrival.failure === undefined) return {};
  return { sourceError: arrival.failure.error };
}
