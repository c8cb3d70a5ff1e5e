import { createDirectoryRights } from '#/auth/directory-rights.ts';
import type { AuthEngine } from '#/auth/engines/define-auth-engine.ts';
import type { ExternalLogin } from '#/auth/external-logins/define-external-login.ts';
import { createGroupRights, joinRights } from '#/auth/external-logins/group-rights.ts';
import type { Services } from '#/domain/services.ts';

/** Rights of people by the directory in use, and by the groups of external logins. */
export function createAllRights(
  services: Services,
  engineInUse: () => AuthEngine,
  loginsInUse: () => readonly ExternalLogin[],
): NonNullable<Services['directoryRights']> {
  const sources = [createDirectoryRights(services, engineInUse), createGroupRights(services, loginsInUse)];
  return async (accountId) => joinRights(await Promise.all(sources.map((find) => find(accountId))));
}
