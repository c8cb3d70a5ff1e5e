import { DatabaseUnavailableError, UniqueViolationError } from '#/db/database.ts';
import type { Failure, FailureKind } from '#/db/dialects/server/link.ts';
import { errorCode } from '#/db/failures.ts';

const kinds: Readonly<Record<string, FailureKind>> = {
  '40001': 'transient', // serialization_failure
  '40P01': 'transient', // deadlock_detected
  '55P03': 'transient', // lock_not_available
  '53300': 'full', // too_many_connections
  '57P01': 'lost', // admin_shutdown
  '57P02': 'lost', // crash_shutdown
  '57P03': 'lost', // cannot_connect_now
  '57P05': 'lost', // idle_session_timeout
  '25P03': 'lost', // idle_in_transaction_session_timeout
};

const messages: Readonly<Record<string, string>> = {
  '25006': 'the database is read-only',
  '53100': 'the disk of the database is full',
  '53200': 'the database is out of memory',
  '57014': 'the database took too long for a statement',
  '58030': 'the database cannot read or write its files',
};

/** Sorts the errors of `pg` and of the socket below it. */
export function classifyPostgresqlError(error: unknown): Failure {
  if (error instanceof DatabaseUnavailableError) return { kind: 'other', error };
  const code = errorCode(error);
  if (code === '23505') return { kind: 'other', error: new UniqueViolationError(error) };
  const message = code === undefined ? undefined : messages[code];
  if (message !== undefined) {
    return {
      kind: 'other',
      error: new DatabaseUnavailableError(message, { cause: error, readOnly: code === '25006' }),
    };
  }
  if (code === undefined || !/^[0-9A-Z]{5}$/.test(code))
    return { kind: isLost(error) ? 'lost' : 'other', error };
  return { kind: kinds[code] ?? (code.startsWith('08') ? 'lost' : 'other'), error };
}

function isLost(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (errorCode(error)?.startsWith('E') === true && 'syscall' in error) return true;
  return /connection (terminated|error)|not queryable|client was closed/i.test(error.message);
}
