import { DatabaseUnavailableError, UniqueViolationError } from '#/db/database.ts';
import type { Failure, FailureKind } from '#/db/dialects/server/link.ts';
import { errorCode } from '#/db/failures.ts';

const kinds: Readonly<Record<number, FailureKind>> = {
  1020: 'transient', // ER_CHECKREAD, under innodb_snapshot_isolation
  1205: 'transient', // ER_LOCK_WAIT_TIMEOUT
  1213: 'transient', // ER_LOCK_DEADLOCK
  3101: 'transient', // ER_TRANSACTION_ROLLBACK_DURING_COMMIT, of group replication
  1040: 'full', // ER_CON_COUNT_ERROR
  1203: 'full', // ER_TOO_MANY_USER_CONNECTIONS
  1226: 'full', // ER_USER_LIMIT_REACHED
  1053: 'lost', // ER_SERVER_SHUTDOWN
  1080: 'lost', // ER_FORCING_CLOSE
  1152: 'lost', // ER_ABORTING_CONNECTION
  1158: 'lost', // ER_NET_READ_ERROR
  1159: 'lost', // ER_NET_READ_INTERRUPTED
  1160: 'lost', // ER_NET_ERROR_ON_WRITE
  1161: 'lost', // ER_NET_WRITE_INTERRUPTED
  1927: 'lost', // ER_CONNECTION_KILLED
  3032: 'lost', // ER_SERVER_OFFLINE_MODE
  4031: 'lost', // ER_CLIENT_INTERACTION_TIMEOUT
};

const readOnlyNumbers: ReadonlySet<number> = new Set([1290, 1792, 1836]);

const messages: Readonly<Record<number, string>> = {
  1021: 'the disk of the database is full',
  1037: 'the database is out of memory',
  1114: 'a table of the database is full',
  1317: 'the database interrupted a statement',
  1969: 'the database took too long for a statement',
  3024: 'the database took too long for a statement',
};

/** Sorts the errors of `mysql2` and of the socket below it. */
export function classifyMysqlError(error: unknown): Failure {
  if (!(error instanceof Error) || error instanceof DatabaseUnavailableError) return { kind: 'other', error };
  const number = 'errno' in error && typeof error.errno === 'number' ? error.errno : undefined;
  if (number === 1062) return { kind: 'other', error: new UniqueViolationError(error) };
  if (number !== undefined && readOnlyNumbers.has(number)) {
    const translated = new DatabaseUnavailableError('the database is read-only', {
      cause: error,
      readOnly: true,
    });
    return { kind: 'other', error: translated };
  }
  const message = number === undefined ? undefined : messages[number];
  if (message !== undefined) {
    return { kind: 'other', error: new DatabaseUnavailableError(message, { cause: error }) };
  }
  const kind = number === undefined ? undefined : kinds[number];
  return { kind: kind ?? (isLost(error) ? 'lost' : 'other'), error };
}

function isLost(error: Error): boolean {
  if ('syscall' in error || errorCode(error) === 'PROTOCOL_CONNECTION_LOST') return true;
  return /in closed state|connection is closed|ETIMEDOUT/i.test(error.message);
}
