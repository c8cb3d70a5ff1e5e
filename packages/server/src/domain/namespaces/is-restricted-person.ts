import type { Services } from '#/domain/services.ts';
import type { Account } from './account.ts';
import { findDirectoryRights, isSuperuserBy } from './directory-rights.ts';

/**
 * Whether somebody has fewer rights (`FEATURE_RESTRICTED_USERS`): whom the directory says, else every person; never superusers and those whom
 * the configuration names.
 */
export async function isRestrictedPerson(services: Services, account: Account): Promise<boolean> {
  const { restrictedUsers } = services.settings;
  if (restrictedUsers === undefined || account.kind !== 'user') return false;
  if (restrictedUsers.exceptions.includes(account.name)) return false;
  const rights = await findDirectoryRights(services, account.id);
  return !isSuperuserBy(services, account, rights) && rights.restricted !== false;
}
