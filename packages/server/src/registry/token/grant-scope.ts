import { allowedActions } from '#/auth/allowed-actions.ts';
import { kindUnsupported, namespaceDisabled } from '#/auth/authority.ts';
import type { AccessEntry } from '#/auth/registry-token-claims.ts';
import { getRegistryAccess } from '#/auth/restrictions.ts';
import type { RequestFacts } from '#/domain/logs/index.ts';
import { findAccountByName } from '#/domain/namespaces/index.ts';
import type { Principal } from '#/domain/permissions/principal.ts';
import { findRepository, type RepositoryReference } from '#/domain/repositories/index.ts';
import type { Services } from '#/domain/services.ts';
import { createOnPush } from './create-on-push.ts';
import type { RequestedScope } from './parse-scopes.ts';

/**
 * What the principal gets of a requested scope: the permitted part, which may be nothing and is never an error (registry reference B3).
 * A push to a repository that does not exist creates it. Throws `namespace_disabled`, `repository_kind_unsupported`.
 */
export async function grantScope(
  services: Services,
  input: {
    readonly principal: Principal;
    readonly scope: RequestedScope;
    readonly ip: string;
    readonly facts?: RequestFacts;
  },
): Promise<AccessEntry> {
  const { principal, scope } = input;
  const entry = { type: 'repository', name: scope.requestedName } as const;
  const repository = await findOrCreateRepository(services, input);
  if (repository === undefined) return { ...entry, actions: [] };
  if (!repository.namespaceEnabled) throw namespaceDisabled(repository.namespace);
  const access = await getRegistryAccess(services, principal, repository);
  if (repository.kind !== 'image') {
    // Whoever may see it is told why it cannot be pulled; to others it does not exist.
    const visible = access === 'none' && repository.visibility === 'public' ? 'read' : access;
    const granted = allowedActions(visible, { ...repository, kind: 'image' });
    if (granted.some((action) => scope.actions.has(action))) throw kindUnsupported();
  }
  const actions = allowedActions(access, repository).filter((action) => scope.actions.has(action));
  return { ...entry, actions };
}

async function findOrCreateRepository(
  services: Services,
  input: {
    readonly principal: Principal;
    readonly scope: RequestedScope;
    readonly ip: string;
    readonly facts?: RequestFacts;
  },
): Promise<RepositoryReference | undefined> {
  const { path, actions } = input.scope;
  const { read } = services.database;
  const found = await findRepository(read, path.namespace, path.name);
  if (found !== undefined) return found;
  const created = actions.has('push') ? await createOnPush(services, { ...input, path }) : undefined;
  if (created !== undefined) return created;
  // Said of absent repositories too, so that it does not tell which exist.
  const namespace = await findAccountByName(read, path.namespace);
  if (namespace !== undefined && !namespace.enabled) throw namespaceDisabled(namespace.name);
  return undefined;
}
