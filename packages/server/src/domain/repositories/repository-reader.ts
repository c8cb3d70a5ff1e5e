import { actingAccount, repositoryCeiling } from '#/domain/permissions/index.ts';
import type { Principal } from '#/domain/permissions/principal.ts';
import type { Services } from '#/domain/services.ts';

/** Which repositories somebody may read, for lists that ask the database for many at once. */
export interface RepositoryReader {
  /** The account whose own rights count; undefined where none do. */
  readonly accountId: number | undefined;
  /** Public images too. */
  readonly readsPublic: boolean;
  /** All of them, whatever the rights. */
  readonly readsEverything: boolean;
}

/**
 * The reader that a principal is: the same answers as getRepositoryAccess, for lists. `readsEverything` is for superusers who may.
 * Access tokens list nothing.
 */
export function repositoryReader(
  { settings }: Pick<Services, 'settings'>,
  principal: Principal,
  options: { readonly readsEverything: boolean },
): RepositoryReader {
  const { readsEverything } = options;
  const account = actingAccount(principal);
  const mayRead = principal.kind !== 'oauth-token' || repositoryCeiling(principal.scopes) !== 'none';
  return {
    accountId: mayRead ? account?.id : undefined,
    readsPublic:
      principal.kind !== 'access-token' &&
      (settings.featureAnonymousAccess || (account !== undefined && mayRead)),
    readsEverything,
  };
}
