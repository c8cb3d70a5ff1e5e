import { listFederatedLogins } from '#/domain/namespaces/index.ts';
import type { DirectoryRights, Services } from '#/domain/services.ts';
import type { AuthEngine } from './engines/define-auth-engine.ts';

const none: DirectoryRights = { superuser: false, globalReader: false, restricted: undefined };

/** `Services.directoryRights` for the engine that is in use when asked: of the person to whom the account is linked. */
export function createDirectoryRights(
  services: Services,
  engineInUse: () => AuthEngine,
): (accountId: number) => Promise<DirectoryRights> {
  return async (accountId) => {
    const { rights, service } = engineInUse();
    if (rights === undefined || service === undefined) return none;
    const links = await listFederatedLogins(services.database.read, accountId);
    const link = links.find((candidate) => candidate.service === service);
    return link === undefined ? none : rights.find(link.serviceIdentifier);
  };
}
