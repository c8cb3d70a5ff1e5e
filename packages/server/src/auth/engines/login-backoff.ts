import { DomainError } from '#/domain/errors.ts';

/** Wrong passwords in a row. */
export interface FailedAttempts {
  readonly count: number;
  readonly lastMs: number;
}

/** Keeps the arithmetic finite; 2^40 half seconds are 17,000 years. */
const largestExponent = 40;

/** Milliseconds until the next attempt counts, 0 or less when it does now: 0.5 * (2^n - 1) s after the last (registry reference B7). */
export function remainingBackoffMs(attempts: FailedAttempts, nowMs: number): number {
  return attempts.lastMs + 500 * (2 ** Math.min(attempts.count, largestExponent) - 1) - nowMs;
}

/** The refusal inside the window, whatever the password. */
export function loginThrottled(remainingMs: number): DomainError {
  const retryAfterSeconds = Math.ceil(remainingMs / 1000);
  return new DomainError(
    'login_throttled',
    `Too many failed log-ins for this account. Try again in ${retryAfterSeconds} s, or reset the password.`,
    { retryAfterSeconds },
  );
}
