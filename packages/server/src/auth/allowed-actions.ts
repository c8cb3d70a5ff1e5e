import { type RepositoryAccess, repositoryRanks } from '#/domain/permissions/index.ts';
import type { RepositoryReference } from '#/domain/repositories/index.ts';
import { type RegistryAction, registryActions } from './registry-token-claims.ts';

/**
 * What somebody with this access may do with the repository through `/v2` now (registry reference B3): writing needs images and state
 * NORMAL. In the order in which tokens list actions.
 */
export function allowedActions(
  access: RepositoryAccess,
  repository: Pick<RepositoryReference, 'kind' | 'state'>,
): readonly RegistryAction[] {
  if (repository.kind !== 'image') return [];
  const rank = repositoryRanks[access];
  const writable = repository.state === 'NORMAL';
  const allowed: Readonly<Record<RegistryAction, boolean>> = {
    push: writable && rank >= repositoryRanks.write,
    pull: rank >= repositoryRanks.read,
    '*': writable && rank >= repositoryRanks.admin,
    delete: writable && rank >= repositoryRanks.write,
  };
  return registryActions.filter((action) => allowed[action]);
}
