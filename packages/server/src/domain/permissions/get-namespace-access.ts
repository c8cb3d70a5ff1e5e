import type { Services } from '#/domain/services.ts';
import { actingAccount } from './acting-account.ts';
import type { Principal } from './principal.ts';
import { findNamespaceFacts } from './queries.ts';
import { type NamespaceAccess, namespaceCeiling, namespaceRanks, weakerNamespaceAccess } from './roles.ts';

/**
 * The present rights of a principal in a namespace: a user is admin of their own, in organizations the strongest role of one's
 * teams counts, and a token's scopes limit both. `none` for disabled namespaces and accounts.
 */
export async function getNamespaceAccess(
  services: Services,
  principal: Principal,
  namespaceId: number,
): Promise<NamespaceAccess> {
  const account = actingAccount(principal);
  if (account === undefined) return 'none';
  const facts = await findNamespaceFacts(services.database.read, namespaceId, account.id);
  if (!facts?.enabled || !facts.actor?.active) return 'none';
  const foreignRobot = facts.actor.kind === 'robot' && facts.actor.ownerId !== namespaceId;
  const access = facts.actor.id === namespaceId ? 'admin' : foreignRobot ? 'none' : facts.membership;
  return principal.kind === 'oauth-token'
    ? weakerNamespaceAccess(access, namespaceCeiling(principal.scopes))
    : access;
}

/** Whether the principal may make repositories in the namespace (registry A16). */
export async function canCreateRepository(
  services: Services,
  principal: Principal,
  namespaceId: number,
): Promise<boolean> {
  const access = await getNamespaceAccess(services, principal, namespaceId);
  return namespaceRanks[access] >= namespaceRanks.creator;
}
