import { StorageError } from '#/storage/driver.ts';

const fullCodes = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
const invalidCodes = new Set(['ENAMETOOLONG', 'EISDIR', 'ELOOP']);

/** The `code` of a failed system call, or undefined. */
export function systemErrorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** Whether the call failed because the file, or a folder on the way to it, is not there. */
export function isMissing(error: unknown): boolean {
  const code = systemErrorCode(error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/** A failed system call as StorageError; the message names no path of the machine. */
export function mapLocalError(error: unknown, action: string): StorageError {
  if (error instanceof StorageError) return error;
  const code = systemErrorCode(error) ?? 'unknown error';
  if (fullCodes.has(code))
    return new StorageError('full', `the local store is full (${action}: ${code})`, error);
  if (invalidCodes.has(code)) {
    return new StorageError('invalid', `the local store refused a path (${action}: ${code})`, error);
  }
  return new StorageError('unavailable', `the local store failed (${action}: ${code})`, error);
}
