/** Positions of the first and the last byte. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export type ByteRanges =
  /** Answer 200 with everything: no range, not bytes, malformed, or asking for more than is sensible. */
  | { readonly kind: 'everything' }
  /** Answer 416 with `Content-Range: bytes *\/<size>`. */
  | { readonly kind: 'unsatisfiable' }
  /**
   * Answer 206; several only as multipart/byteranges. In the order asked, clipped to the size, at least one.
   */
  | { readonly kind: 'ranges'; readonly ranges: readonly ByteRange[] };

const mostRanges = 16;
const header = /^bytes[ \t]*=[ \t]*([0-9,\- \t]+)$/i;
const range = /^([0-9]*)[ \t]*-[ \t]*([0-9]*)$/;
const everything: ByteRanges = { kind: 'everything' };

/**
 * Applies a `Range` request header to content of the given size (RFC 9110 section 14). A range whose end lies
 * before its start is unsatisfiable, as the OCI conformance suite has it.
 */
export function parseByteRanges(value: string | undefined, sizeBytes: number): ByteRanges {
  const list = value === undefined || value.length > 1024 ? undefined : header.exec(value.trim())?.[1];
  if (list === undefined) return everything;
  const parts = list
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  if (parts.length === 0 || parts.length > mostRanges) return everything;
  const ranges: ByteRange[] = [];
  for (const part of parts) {
    const match = range.exec(part);
    if (match === null || part === '-') return everything;
    const clipped = clip(match[1] ?? '', match[2] ?? '', sizeBytes);
    if (clipped !== undefined) ranges.push(clipped);
  }
  if (ranges.length === 0) return { kind: 'unsatisfiable' };
  const total = ranges.reduce((sum, { start, end }) => sum + end - start + 1, 0);
  return ranges.length > 1 && total > sizeBytes ? everything : { kind: 'ranges', ranges };
}

/** The part of `first-last` or `-suffix` that exists. */
function clip(first: string, last: string, sizeBytes: number): ByteRange | undefined {
  if (first === '') {
    const length = Math.min(Number(last), sizeBytes);
    return length === 0 ? undefined : { start: sizeBytes - length, end: sizeBytes - 1 };
  }
  const start = Number(first);
  const end = last === '' ? sizeBytes - 1 : Math.min(Number(last), sizeBytes - 1);
  return start > end ? undefined : { start, end };
}
