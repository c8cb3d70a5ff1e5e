import { StorageError } from '#/storage/driver.ts';
import { type CopyPiece, copyPieces, copyWhole } from './copy-object.ts';
import type { ObjectStore } from './object-store.ts';
import { headSize, readSegments } from './read-object.ts';
import { type Segment, segmentPath } from './upload-segments.ts';
import { writeObject } from './write-object.ts';

/** Makes the object at `path` from the segments, inside the store where it can, and checks its size. */
export async function assembleUpload(
  store: ObjectStore,
  uploadId: string,
  segments: readonly Segment[],
  path: string,
): Promise<void> {
  const target = store.keyOf(path);
  const pieces = segments.flatMap((segment) => {
    const key = store.keyOf(segmentPath(uploadId, segment.name));
    return cutPieces(key, segment, store.options.maximumCopyBytes);
  });
  const [first] = pieces;
  if (first === undefined || !canCopy(store, pieces)) {
    await writeObject(
      store,
      target,
      { before: readSegments(store, uploadId, segments) },
      { keepsPartial: false },
    );
  } else if (pieces.length === 1 && first.range === undefined) {
    await copyWhole(store, first.key, target);
  } else {
    await copyPieces(store, pieces, target);
  }
  const sizeBytes = segments.reduce((sum, segment) => sum + segment.sizeBytes, 0);
  const placedBytes = await headSize(store, path);
  if (placedBytes !== sizeBytes) {
    throw new StorageError('unavailable', `the object store made ${placedBytes} bytes out of ${sizeBytes}`);
  }
}

/** A segment in equal pieces that the store copies in one request each. */
export function cutPieces(key: string, segment: Segment, maximumCopyBytes: number): CopyPiece[] {
  const count = Math.ceil(segment.sizeBytes / maximumCopyBytes);
  if (count === 1 && segment.sizeBytes === segment.objectBytes)
    return [{ key, sizeBytes: segment.sizeBytes }];
  const pieceBytes = Math.ceil(segment.sizeBytes / count);
  return Array.from({ length: count }, (_, index) => {
    const start = index * pieceBytes;
    const end = Math.min(start + pieceBytes, segment.sizeBytes) - 1;
    return { key, sizeBytes: end - start + 1, range: { start, end } };
  });
}

/** Whether the store takes these pieces: all but the last large enough, and no part of a small object. */
function canCopy(store: ObjectStore, pieces: readonly CopyPiece[]): boolean {
  const { minimumPartBytes, serverSideAssembly } = store.options;
  return (
    serverSideAssembly &&
    pieces.every(
      (piece, index) =>
        piece.sizeBytes >= minimumPartBytes || (index === pieces.length - 1 && piece.range === undefined),
    )
  );
}
