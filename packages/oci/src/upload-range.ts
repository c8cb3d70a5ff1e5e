import type { ByteRange } from './byte-ranges.ts';
import { OciParseError } from './parse-error.ts';

const inclusive = /^(?:bytes(?:=|[ \t]))?[ \t]*([0-9]{1,16})-([0-9]{1,16})(?:\/([0-9]{1,16}|\*))?$/i;
const exclusive = /^(?:bytes(?:=|[ \t]))?[ \t]*([0-9]{1,16})-([0-9]{1,16})(?:\/(?:[0-9]{1,16}|\*))?$/i;

export interface UploadRangeHeaders {
  /** `Content-Range: a-b`, the end included (OCI). */
  readonly contentRange: string | undefined;
  /** `Range: bytes=a-b`, the end excluded (Quay 2.9); counts only without a `Content-Range`. */
  readonly range: string | undefined;
}

/**
 * Where the body of an upload request belongs, both ends included; undefined if no header says so.
 * Throws OciParseError `range_invalid`.
 */
export function parseUploadRange(headers: UploadRangeHeaders): ByteRange | undefined {
  if (headers.contentRange !== undefined) return parseInclusive(headers.contentRange.trim());
  if (headers.range !== undefined) return parseExclusive(headers.range.trim());
  return undefined;
}

function parseInclusive(text: string): ByteRange {
  const match = inclusive.exec(text);
  const start = Number(match?.[1]);
  const end = Number(match?.[2]);
  const total = match?.[3] === undefined || match[3] === '*' ? undefined : Number(match[3]);
  if (match === null || !Number.isSafeInteger(end) || end < start || (total !== undefined && end >= total)) {
    throw new OciParseError(
      'range_invalid',
      'Content-Range must be <first byte>-<last byte>, for example 0-1023.',
    );
  }
  return { start, end };
}

function parseExclusive(text: string): ByteRange {
  const match = exclusive.exec(text);
  const start = Number(match?.[1]);
  const end = Number(match?.[2]);
  if (match === null || !Number.isSafeInteger(end) || end <= start) {
    throw new OciParseError(
      'range_invalid',
      'Range of an upload must be bytes=<first byte>-<byte after the last>, for example bytes=0-1024.',
    );
  }
  return { start, end: end - 1 };
}

/**
 * The `Range` header of an upload that holds so many bytes: `0-<last>`, and `0-0` for none (no client takes
 * `0--1`).
 */
export function formatUploadRange(sizeBytes: number): string {
  return `0-${Math.max(sizeBytes - 1, 0)}`;
}
