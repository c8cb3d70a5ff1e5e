import { DatabaseUnavailableError, UniqueViolationError } from '#/db/database.ts';
import { errorCode, TransientFailure } from '#/db/failures.ts';

const unavailable = ['SQLITE_FULL', 'SQLITE_IOERR', 'SQLITE_CANTOPEN', 'SQLITE_CORRUPT', 'SQLITE_NOTADB'];

/** Whether another process holds a lock that will go away. */
export function isBusy(error: unknown): boolean {
  const code = errorCode(error);
  return code !== undefined && (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED'));
}

/** The error that leaves the engine for an error of better-sqlite3. */
export function translateSqliteError(error: unknown): unknown {
  const code = errorCode(error);
  if (code === undefined || !code.startsWith('SQLITE_')) return error;
  if (isBusy(error)) return new TransientFailure(error);
  if (code === 'SQLITE_CONSTRAINT_UNIQUE' || code === 'SQLITE_CONSTRAINT_PRIMARYKEY') {
    return new UniqueViolationError(error);
  }
  if (code.startsWith('SQLITE_READONLY')) {
    return new DatabaseUnavailableError('the database file is read-only', { cause: error, readOnly: true });
  }
  if (unavailable.some((prefix) => code.startsWith(prefix))) {
    return new DatabaseUnavailableError(`the database file cannot be used (${code})`, { cause: error });
  }
  return error;
}
