import { parseRepositoryPath } from '@wharf/oci';
import { UsageError } from '#/cli/exit-codes.ts';
import { DomainError } from '#/domain/errors.ts';
import { type Account, findAccountByName } from '#/domain/namespaces/index.ts';
import { findRepository, type RepositoryReference } from '#/domain/repositories/index.ts';
import type { Services } from '#/domain/services.ts';

/** The person of this name; throws DomainError `not_found`. */
export async function getUser(services: Services, name: string): Promise<Account> {
  const account = await findAccountByName(services.database.read, name);
  if (account?.kind === 'user') return account;
  throw new DomainError('not_found', `There is no user "${name}".`);
}

/** The organization of this name; throws DomainError `not_found`. */
export async function getOrganization(services: Services, name: string): Promise<Account> {
  const account = await findAccountByName(services.database.read, name);
  if (account?.kind === 'organization') return account;
  throw new DomainError('not_found', `There is no organization "${name}".`);
}

/** The user or organization of this name; throws DomainError `not_found`. */
export async function getNamespace(services: Services, name: string): Promise<Account> {
  const account = await findAccountByName(services.database.read, name);
  if (account !== undefined && account.kind !== 'robot') return account;
  throw new DomainError('not_found', `There is no user or organization "${name}".`);
}

/** Owner and short name of `namespace+short`, whether the robot exists or not; throws UsageError, DomainError `not_found`. */
export async function getRobotPlace(
  services: Services,
  name: string,
): Promise<{ readonly owner: Account; readonly shortName: string }> {
  const [namespace = '', shortName, ...more] = name.split('+');
  if (shortName === undefined || more.length > 0) {
    throw new UsageError(`a robot is named NAMESPACE+NAME, for example acme+ci, not "${name}"`);
  }
  return { owner: await getNamespace(services, namespace), shortName };
}

/** Namespace and name of a repository's path, in the rules of the configuration. */
export function parsePath(
  services: Services,
  path: string,
): { readonly namespace: string; readonly name: string } {
  const { settings } = services;
  return parseRepositoryPath(path, {
    librarySupport: settings.featureLibrarySupport,
    libraryNamespace: settings.libraryNamespace,
    extendedNames: settings.featureExtendedRepositoryNames,
  });
}

/** Throws DomainError `not_found`. */
export async function getRepository(services: Services, path: string): Promise<RepositoryReference> {
  const { namespace, name } = parsePath(services, path);
  const repository = await findRepository(services.database.read, namespace, name);
  if (repository !== undefined) return repository;
  throw new DomainError('not_found', `There is no repository "${namespace}/${name}".`);
}
