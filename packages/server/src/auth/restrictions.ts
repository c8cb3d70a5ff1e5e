import { findAccountById, isRestrictedPerson } from '#/domain/namespaces/index.ts';
import { getRepositoryAccess, type RepositoryAccess, repositoryRanks } from '#/domain/permissions/index.ts';
import type { Principal } from '#/domain/permissions/principal.ts';
import type { RepositoryReference } from '#/domain/repositories/index.ts';
import type { Services } from '#/domain/services.ts';

/** Whether this is the namespace of a restricted person who, or whose robot with `RESTRICTED_USER_INCLUDE_ROBOTS`, may only read there. */
export async function isRestrictedIn(
  services: Services,
  principal: Principal,
  namespaceId: number,
): Promise<boolean> {
  if (ownNamespaceId(services, principal) !== namespaceId) return false;
  const owner = await findAccountById(services.database.read, namespaceId);
  return owner !== undefined && (await isRestrictedPerson(services, owner));
}

function ownNamespaceId({ settings }: Services, principal: Principal): number | undefined {
  const { restrictedUsers } = settings;
  if (restrictedUsers === undefined) return undefined;
  switch (principal.kind) {
    case 'user':
    case 'oauth-token':
      return principal.account.id;
    case 'robot':
      return restrictedUsers.includeRobots ? principal.ownerId : undefined;
    default:
      return undefined;
  }
}

/** As getRepositoryAccess, for calls of the registry: restricted people only read what is theirs. */
export async function getRegistryAccess(
  services: Services,
  principal: Principal,
  repository: RepositoryReference,
): Promise<RepositoryAccess> {
  const access = await getRepositoryAccess(services, principal, repository);
  if (repositoryRanks[access] <= repositoryRanks.read) return access;
  return (await isRestrictedIn(services, principal, repository.namespaceId)) ? 'read' : access;
}
