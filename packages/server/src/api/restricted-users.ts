import type { ApiServices } from '#/api/api-services.ts';
import type { Caller } from '#/auth/sessions/identify-caller.ts';
import { DomainError } from '#/domain/errors.ts';

/**
 * Refuses restricted people (`FEATURE_RESTRICTED_USERS`): whom the directory says, else everybody; never superusers and those whom the configuration
 * names. Throws `denied`.
 */
export function requireUnrestricted({ settings }: ApiServices, caller: Caller): void {
  if (!settings.featureRestrictedUsers || caller.kind === 'anonymous') return;
  const { account, superuser } = caller.principal;
  if (caller.directoryRights.restricted === false) return;
  if (superuser || settings.restrictedUsersWhitelist?.includes(account.name) === true) return;
  throw new DomainError('denied', 'Unauthorized');
}
