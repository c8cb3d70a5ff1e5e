import { DomainError } from '#/domain/errors.ts';

const emailPattern = /^[^@\s]+@[^@\s]+\.[^@\s]+$/;

/** Throws DomainError `invalid_request` unless the text looks like an e-mail address. */
export function checkEmail(email: string): void {
  if (email.length <= 255 && emailPattern.test(email)) return;
  throw new DomainError('invalid_request', 'The e-mail address must look like "name@example.com".');
}
