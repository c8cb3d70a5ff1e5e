import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { StorageError, type UploadState } from '#/storage/driver.ts';
import { uploadPath } from '#/storage/paths.ts';

const segmentName = z.string().regex(/^[0-9a-z-]{1,64}$/);
const uploadShape = z.object({
  segments: z
    .array(z.object({ name: segmentName, sizeBytes: z.int().positive(), objectBytes: z.int().positive() }))
    .default([]),
  replaced: z.array(segmentName).default([]),
});

/** The first `sizeBytes` bytes of an object that holds a stretch of an upload. */
export interface Segment {
  readonly name: string;
  readonly sizeBytes: number;
  /** Size of the whole object. */
  readonly objectBytes: number;
}

/**
 * A running upload is a list of finished objects, one for each append: all of it can be read at any time, and what an append adds
 * has a name of its own, so that a state that was never stored leaves the one before it intact.
 */
export interface SegmentedUpload {
  readonly segments: readonly Segment[];
  /** Objects that an earlier, since stored, state has given up. */
  readonly replaced: readonly string[];
}

/** Throws StorageError `invalid` when the stored state is not one of this driver. */
export function parseSegments(state: UploadState): SegmentedUpload {
  const parsed = uploadShape.safeParse(state);
  if (!parsed.success)
    throw new StorageError('invalid', 'the stored state of the upload is not of an object store');
  return parsed.data;
}

/** Path of a segment; the part of its name before the dot is the upload's id. */
export function segmentPath(uploadId: string, name: string): string {
  return `${uploadPath(uploadId)}.${name}`;
}

/** A name that no other append has, not even one of another process that tries the same. */
export function newSegmentName(offset: number): string {
  return `${offset}-${randomBytes(8).toString('hex')}`;
}

/** The segments that make up the first `wantedBytes` bytes; throws `not_found` when there are fewer. */
export function cutSegments(segments: readonly Segment[], wantedBytes: number): Segment[] {
  const kept: Segment[] = [];
  let missing = wantedBytes;
  for (const segment of segments) {
    if (missing === 0) break;
    const sizeBytes = Math.min(segment.sizeBytes, missing);
    kept.push({ ...segment, sizeBytes });
    missing -= sizeBytes;
  }
  if (missing > 0)
    throw new StorageError('not_found', `the upload holds ${missing} bytes less than ${wantedBytes}`);
  return kept;
}

/**
 * Takes the last segment off when it is too small to stay on its own: the next append reads it back and goes on from it. The
 * limit doubles every 2,000 segments, so that clients with tiny chunks end up with few of them.
 */
export function splitTail(
  segments: readonly Segment[],
  minimumPartBytes: number,
): { readonly whole: readonly Segment[]; readonly tail: Segment | undefined } {
  const last = segments.at(-1);
  const limit = minimumPartBytes * 2 ** Math.floor(segments.length / 2_000);
  if (last === undefined || last.sizeBytes >= limit) return { whole: segments, tail: undefined };
  return { whole: segments.slice(0, -1), tail: last };
}
