import { DomainError } from '#/domain/errors.ts';

const shortestLength = 8;
/** bcrypt ignores what comes after. */
const longestBytes = 72;

/** Throws DomainError `invalid_request` unless the password follows the rules. */
export function checkPassword(password: string): void {
  if (password.length < shortestLength || /\s/.test(password)) {
    throw new DomainError(
      'invalid_request',
      'The password must have at least 8 characters and contain no whitespace.',
    );
  }
  if (Buffer.byteLength(password) > longestBytes) {
    throw new DomainError('invalid_request', 'The password must have at most 72 bytes.');
  }
}
