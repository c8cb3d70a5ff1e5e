import { DomainError } from '#/domain/errors.ts';
import type { DomainSettings } from '#/domain/services.ts';
import type { Account } from './account.ts';

/** Throws DomainError `invalid_request` for a superuser, by `SUPER_USERS` or by database, enabled or not. */
export function refuseSuperuser(
  settings: Pick<DomainSettings, 'superUsers'>,
  account: Pick<Account, 'kind' | 'name' | 'superuser'>,
): void {
  if (account.kind !== 'user') return;
  if (!account.superuser && !settings.superUsers.includes(account.name)) return;
  throw new DomainError('invalid_request', `"${account.name}" is a superuser: others cannot change it.`);
}
