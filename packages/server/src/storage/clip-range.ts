import { type ByteRange, StorageError } from '#/storage/driver.ts';

export interface Extent {
  readonly start: number;
  readonly length: number;
}

/** The bytes of a range that an object of `sizeBytes` has; throws StorageError `invalid` when it has none of them. */
export function clipRange(range: ByteRange | undefined, sizeBytes: number): Extent {
  if (range === undefined) return { start: 0, length: sizeBytes };
  const { start, end } = range;
  const isWhole = Number.isSafeInteger(start) && Number.isSafeInteger(end);
  if (!isWhole || start < 0 || end < start || start >= sizeBytes) {
    throw new StorageError(
      'invalid',
      `bytes ${start} to ${end} are not inside an object of ${sizeBytes} bytes`,
    );
  }
  return { start, length: Math.min(end, sizeBytes - 1) - start + 1 };
}
