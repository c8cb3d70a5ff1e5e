/**
 * The transaction was undone through no fault of its own (deadlock, serialisation, busy, connection lost before COMMIT) and may
 * run again as a whole. Never leaves db/: `transaction()` retries and in the end reports DatabaseUnavailableError.
 */
export class TransientFailure extends Error {
  constructor(cause: unknown) {
    super('the database asks to try again', { cause });
    this.name = 'TransientFailure';
  }
}

/** The value of `error.code`, if it is text. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
