import type { RepositoryPath } from '@wharf/oci';
import { isRestrictedIn } from '#/auth/restrictions.ts';
import { findAccountByName } from '#/domain/namespaces/index.ts';
import { actingAccount, canCreateRepository } from '#/domain/permissions/index.ts';
import type { Principal } from '#/domain/permissions/principal.ts';
import type { Services } from '#/domain/services.ts';

/** Whether a push of this principal would create the repository, if it is missing (registry reference A16). */
export async function couldCreateRepository(
  services: Services,
  principal: Principal,
  path: RepositoryPath,
): Promise<boolean> {
  if (actingAccount(principal) === undefined) return false;
  const namespace = await findAccountByName(services.database.read, path.namespace);
  if (namespace === undefined) {
    const mayFound = services.settings.createNamespaceOnPush && principal.kind === 'user';
    return mayFound && !(await isRestrictedIn(services, principal, principal.account.id));
  }
  if (namespace.kind === 'robot' || !namespace.enabled) return false;
  if (await isRestrictedIn(services, principal, namespace.id)) return false;
  return canCreateRepository(services, principal, namespace.id);
}
