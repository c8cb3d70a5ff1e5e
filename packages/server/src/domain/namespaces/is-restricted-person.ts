import type { Services } from '#/domain/services.ts';
import type { Account } from './account.ts';
import { findDirectoryRights, isSuperuserNow } from './directory-rights.ts';

/**
 * Whether somebody has fewer rights (`FEATURE_RESTRICTED_USERS`): whom the directory says, else every person; never superusers and those whom
 * the configuration names.
 */
export async function isRestrictedPerson(services: Services, account: Account): Promise<boolean> {
  const { restrictedUsers } = services.settings;
  if (restrictedUsers === undefined || account.kind !== 'user') return false;
  if (restrictedUsers.exceptions.includes(account.name)) return false;
  if (await isSuperuserNow(services, account)) return false;
  return (await findDirectoryRights(services, account.id)).restricted !== false;
}
