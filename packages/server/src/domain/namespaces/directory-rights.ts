import type { DirectoryRights, Services } from '#/domain/services.ts';
import type { Account } from './account.ts';
import { isSuperuserAccount } from './is-superuser-account.ts';

const none: DirectoryRights = { superuser: false, globalReader: false, restricted: undefined };

/** What the directory of `AUTHENTICATION_TYPE` lets the person do beside the configuration; nothing where it gives no rights. */
export async function findDirectoryRights(services: Services, accountId: number): Promise<DirectoryRights> {
  return (await services.directoryRights?.(accountId)) ?? none;
}

/** Whether the account passes superuser checks now: as isSuperuserAccount, or because the directory says so. */
export async function isSuperuserNow(
  services: Services,
  account: Pick<Account, 'id' | 'kind' | 'name' | 'enabled' | 'superuser'>,
): Promise<boolean> {
  if (isSuperuserAccount(services.settings, account)) return true;
  return isSuperuserBy(services, account, await findDirectoryRights(services, account.id));
}

/** As isSuperuserNow, with rights that were found already. */
export function isSuperuserBy(
  { settings }: Pick<Services, 'settings'>,
  account: Pick<Account, 'kind' | 'name' | 'enabled' | 'superuser'>,
  rights: DirectoryRights,
): boolean {
  return isSuperuserAccount(settings, rights.superuser ? { ...account, superuser: true } : account);
}
