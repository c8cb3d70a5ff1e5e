import { type ByteRange, StorageError } from '#/storage/driver.ts';

export interface Extent {
  readonly start: number;
  readonly length: number;
}

/** Throws StorageError `invalid` unless the range has whole, ordered, non-negative ends. */
export function checkRange(range: ByteRange): void {
  const { start, end } = range;
  if (!Number.isSafeInteger(start) || !Number.isSafeInteger(end) || start < 0 || end < start) {
    throw new StorageError('invalid', `${start} to ${end} is no range of bytes`);
  }
}

/** The bytes of a range that an object of `sizeBytes` has; throws StorageError `invalid` when it has none of them. */
export function clipRange(range: ByteRange | undefined, sizeBytes: number): Extent {
  if (range === undefined) return { start: 0, length: sizeBytes };
  checkRange(range);
  const { start, end } = range;
  if (start >= sizeBytes) {
    throw new StorageError('invalid', `an object of ${sizeBytes} bytes has none from ${start} on`);
  }
  return { start, length: Math.min(end, sizeBytes - 1) - start + 1 };
}
