import { DomainError } from '#/domain/errors.ts';

const servicePattern = /^[a-z0-9_]{1,255}$/;
const namePattern = /^[\s a-zA-Z0-9\-_:/]{0,255}$/;

/** Throws DomainError `invalid_request` unless a service may be called so. */
export function checkServiceName(service: string): void {
  if (servicePattern.test(service)) return;
  throw new DomainError(
    'invalid_request',
    'A service name must have lower-case letters, digits and "_" only.',
  );
}

/** Throws DomainError `invalid_request` unless a key may have this friendly name. */
export function checkServiceKeyName(name: string): void {
  if (namePattern.test(name)) return;
  throw new DomainError(
    'invalid_request',
    'The name of a service key may have letters, digits, blanks and "-", "_", ":", "/" only, at most 255.',
  );
}
