import type { RepositoryPath } from '@wharf/oci';
import { namespaceDisabled } from '#/auth/authority.ts';
import { isRestrictedIn } from '#/auth/restrictions.ts';
import { DomainError } from '#/domain/errors.ts';
import { performerOf, type RequestFacts } from '#/domain/logs/index.ts';
import { type Account, createOrganization, findAccountByName } from '#/domain/namespaces/index.ts';
import { actingAccount, canCreateRepository } from '#/domain/permissions/index.ts';
import type { Principal } from '#/domain/permissions/principal.ts';
import { createRepository, findRepository, type RepositoryReference } from '#/domain/repositories/index.ts';
import type { Services } from '#/domain/services.ts';

/**
 * The repository that a push is about to fill, created if the principal may (registry reference A16); undefined otherwise. Throws
 * `namespace_disabled`.
 */
export async function createOnPush(
  services: Services,
  input: {
    readonly principal: Principal;
    readonly path: RepositoryPath;
    readonly ip: string;
    readonly facts?: RequestFacts;
  },
): Promise<RepositoryReference | undefined> {
  const { principal, path } = input;
  const creator = actingAccount(principal);
  if (creator === undefined || services.settings.readOnly) return undefined;
  const namespace = await findOrCreateNamespace(services, input);
  if (namespace === undefined || namespace.kind === 'robot') return undefined;
  if (!namespace.enabled) throw namespaceDisabled(namespace.name);
  if (!(await canCreateRepository(services, principal, namespace.id))) return undefined;
  if (await isRestrictedIn(services, principal, namespace.id)) return undefined;
  return unlessTaken(
    () =>
      createRepository(services, {
        namespaceId: namespace.id,
        name: path.name,
        visibility: services.settings.createPrivateRepositoryOnPush ? 'private' : 'public',
        creator,
        performer: performerOf(principal, input.ip, input.facts),
      }),
    () => findRepository(services.database.read, path.namespace, path.name),
  );
}

/** A missing namespace becomes an organization of the person who pushes, with `CREATE_NAMESPACE_ON_PUSH`. */
async function findOrCreateNamespace(
  services: Services,
  input: {
    readonly principal: Principal;
    readonly path: RepositoryPath;
    readonly ip: string;
    readonly facts?: RequestFacts;
  },
): Promise<Account | undefined> {
  const { principal, path } = input;
  const find = () => findAccountByName(services.database.read, path.namespace);
  const found = await find();
  if (found !== undefined || !services.settings.createNamespaceOnPush || principal.kind !== 'user') {
    return found;
  }
  // Founding organizations is not for them.
  if (await isRestrictedIn(services, principal, principal.account.id)) return undefined;
  return unlessTaken(
    () =>
      createOrganization(services, {
        name: path.namespace,
        ownerId: principal.account.id,
        performer: performerOf(principal, input.ip, input.facts),
      }),
    find,
  );
}

/** Two clients may push the first image at the same time: what the other one made serves too. */
async function unlessTaken<T>(
  create: () => Promise<T>,
  find: () => Promise<T | undefined>,
): Promise<T | undefined> {
  try {
    return await create();
  } catch (error) {
    if (error instanceof DomainError && error.code === 'already_exists') return find();
    throw error;
  }
}
