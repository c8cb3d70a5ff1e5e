/**
 * The transaction was undone through no fault of its own (deadlock, serialisation, busy, connection lost before COMMIT) and may
 * run again as a whole. Never leaves db/: `transaction()` retries and in the end reports DatabaseUnavailableError.
 */
export class TransientFailure extends Error {
  /** Whether the connection broke, which is not worth many attempts. */
  readonly connectionLost: boolean;

  constructor(cause: unknown, connectionLost = false) {
    super('the database asks to try again', { cause });
    this.name = 'TransientFailure';
    this.connectionLost = connectionLost;
  }
}

/** The value of `error.code`, if it is text. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
