import type { Visibility } from '#/db/schema.ts';
import type { Services } from '#/domain/services.ts';
import { actingAccount } from './acting-account.ts';
import type { Principal } from './principal.ts';
import { findRepositoryFacts, type RepositoryFacts } from './queries.ts';
import {
  type RepositoryAccess,
  repositoryCeiling,
  strongerRepositoryAccess,
  weakerRepositoryAccess,
} from './roles.ts';

/**
 * The present rights of a principal on a repository, from the database alone: explicit ones, and read on public images for
 * everybody who may see those. `none` in disabled namespaces, for disabled accounts and on repositories that are being deleted.
 */
export async function getRepositoryAccess(
  services: Services,
  principal: Principal,
  repository: { readonly id: number; readonly namespaceId: number; readonly visibility: Visibility },
): Promise<RepositoryAccess> {
  const account = actingAccount(principal);
  const facts = await findRepositoryFacts(services.database.read, repository.id, account?.id);
  if (facts === undefined || !facts.namespaceEnabled || facts.state === 'MARKED_FOR_DELETION') return 'none';
  if (account !== undefined && !facts.actor?.active) return 'none';
  const explicit = explicitAccess(principal, repository.id, facts);
  const readable =
    readsPublic(services, principal) && facts.visibility === 'public' && facts.kind === 'image';
  return readable ? strongerRepositoryAccess(explicit, 'read') : explicit;
}

function explicitAccess(
  principal: Principal,
  repositoryId: number,
  facts: RepositoryFacts,
): RepositoryAccess {
  switch (principal.kind) {
    case 'anonymous':
      return 'none';
    case 'access-token':
      return principal.repositoryId === repositoryId ? principal.role : 'none';
    case 'user':
    case 'robot':
      return accountAccess(facts);
    case 'oauth-token':
      return weakerRepositoryAccess(accountAccess(facts), repositoryCeiling(principal.scopes));
  }
}

function accountAccess({ actor, namespaceId, granted, membership }: RepositoryFacts): RepositoryAccess {
  if (actor === undefined) return 'none';
  if (actor.id === namespaceId || membership === 'admin') return 'admin';
  // A robot has no rights outside its namespace, whatever an imported row says.
  return actor.kind === 'robot' && actor.ownerId !== namespaceId ? 'none' : granted;
}

/** With `FEATURE_ANONYMOUS_ACCESS` off, public means: for everybody with an account here. */
function readsPublic(services: Services, principal: Principal): boolean {
  if (services.settings.featureAnonymousAccess) return true;
  if (principal.kind === 'oauth-token') return repositoryCeiling(principal.scopes) !== 'none';
  return principal.kind === 'user' || principal.kind === 'robot';
}
