import type { DomainSettings } from '#/domain/services.ts';
import type { Account } from './account.ts';

/** Whether the account passes superuser checks: by `SUPER_USERS` or by database, with `FEATURE_SUPER_USERS`, and enabled. */
export function isSuperuserAccount(
  settings: DomainSettings,
  account: Pick<Account, 'kind' | 'name' | 'enabled' | 'superuser'>,
): boolean {
  return (
    settings.featureSuperUsers &&
    account.kind === 'user' &&
    account.enabled &&
    (account.superuser || settings.superUsers.includes(account.name))
  );
}
