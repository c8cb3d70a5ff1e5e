import type { ApiServices } from '#/api/api-services.ts';
import { DomainError } from '#/domain/errors.ts';

/** Throws `invalid_request` where passwords are not this registry's to change: with every `AUTHENTICATION_TYPE` but `Database`. */
export function requireOwnPasswords({ settings }: ApiServices): void {
  if (settings.authenticationType === 'Database') return;
  throw new DomainError(
    'invalid_request',
    settings.authenticationType === 'AppToken'
      ? 'This registry takes no passwords: use application tokens.'
      : 'Passwords are not kept by this registry: change or recover yours where your organization keeps it.',
  );
}
