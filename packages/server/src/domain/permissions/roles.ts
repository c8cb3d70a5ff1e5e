import type { RepositoryRole, TeamRole } from '#/db/schema.ts';
import type { OauthScope } from './principal.ts';

/** What somebody may do with a repository; each includes those before it. */
export type RepositoryAccess = 'none' | 'read' | 'write' | 'admin';

/** What somebody may do in a namespace; each includes those before it. */
export type NamespaceAccess = 'none' | 'member' | 'creator' | 'admin';

export const repositoryRanks: Readonly<Record<RepositoryAccess, number>> = {
  none: 0,
  read: 1,
  write: 2,
  admin: 3,
};
export const namespaceRanks: Readonly<Record<NamespaceAccess, number>> = {
  none: 0,
  member: 1,
  creator: 2,
  admin: 3,
};

const repositoryCeilings: Partial<Record<OauthScope, RepositoryRole>> = {
  'repo:read': 'read',
  'repo:write': 'write',
  'repo:admin': 'admin',
};
const namespaceCeilings: Partial<Record<OauthScope, TeamRole>> = {
  'repo:create': 'creator',
  'org:admin': 'admin',
};

/** The most that scopes let a token do with a repository, whatever its account may. */
export function repositoryCeiling(scopes: readonly OauthScope[]): RepositoryAccess {
  return scopes
    .map((scope) => repositoryCeilings[scope] ?? 'none')
    .reduce<RepositoryAccess>(strongerRepositoryAccess, 'none');
}

/** The most that scopes let a token do in a namespace, whatever its account may. */
export function namespaceCeiling(scopes: readonly OauthScope[]): NamespaceAccess {
  return scopes
    .map((scope) => namespaceCeilings[scope] ?? 'none')
    .reduce<NamespaceAccess>((a, b) => (namespaceRanks[a] >= namespaceRanks[b] ? a : b), 'none');
}

export function strongerRepositoryAccess(a: RepositoryAccess, b: RepositoryAccess): RepositoryAccess {
  return repositoryRanks[a] >= repositoryRanks[b] ? a : b;
}

export function weakerRepositoryAccess(a: RepositoryAccess, b: RepositoryAccess): RepositoryAccess {
  return repositoryRanks[a] <= repositoryRanks[b] ? a : b;
}

export function weakerNamespaceAccess(a: NamespaceAccess, b: NamespaceAccess): NamespaceAccess {
  return namespaceRanks[a] <= namespaceRanks[b] ? a : b;
}
