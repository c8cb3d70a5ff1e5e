import type { ApiServices, ApiSettings } from '#/api/api-services.ts';
import { DomainError } from '#/domain/errors.ts';
import { type Account, findPresentAccount } from '#/domain/namespaces/index.ts';

/** Operations of superusers exist with `FEATURE_SUPER_USERS`, and not on the hosted service. */
export function superuserGate(settings: ApiSettings): boolean {
  return settings.featureSuperUsers && !settings.isHostedService;
}

/** The account of that kind and name. Throws DomainError `not_found`, also while it is being deleted. */
export async function getPresentAccount(
  { domain }: ApiServices,
  kind: 'user' | 'organization',
  name: string,
): Promise<Account> {
  const account = await findPresentAccount(domain.database.read, kind, name);
  if (account === undefined) throw new DomainError('not_found', 'Not Found');
  return account;
}

/** Throws DomainError `invalid_request` where the accounts live in another directory. */
export function requireDatabaseAccounts({ settings }: ApiServices): void {
  if (settings.authenticationType === 'Database') return;
  throw new DomainError(
    'invalid_request',
    'This is possible with AUTHENTICATION_TYPE Database only: elsewhere the directory holds the accounts.',
  );
}
