import type { Db } from '#/db/database.ts';
import { putRepositoryPermission } from './queries.ts';
import { listPrototypes, type Prototype } from './queries-prototypes.ts';
import { repositoryRanks } from './roles.ts';

/**
 * The permissions of a new repository, inside the transaction that creates it: the creator becomes admin, then the default permissions
 * of the organization apply, of which one bound to the creator wins over a general one of the same delegate.
 */
export async function grantOnCreation(
  db: Db,
  input: {
    readonly repositoryId: number;
    readonly namespaceId: number;
    readonly creatorId: number | undefined;
  },
): Promise<void> {
  const { repositoryId, creatorId } = input;
  if (creatorId !== undefined)
    await putRepositoryPermission(db, repositoryId, { accountId: creatorId }, 'admin');
  const chosen = new Map<string, Prototype>();
  for (const prototype of await listPrototypes(db, input.namespaceId)) {
    const { activating, delegate } = prototype;
    if (activating !== null && activating.id !== creatorId) continue;
    if (delegate.kind !== 'team' && delegate.id === creatorId) continue;
    const key = `${delegate.kind}/${delegate.id}`;
    const present = chosen.get(key);
    if (present === undefined || weight(prototype) > weight(present)) chosen.set(key, prototype);
  }
  for (const { delegate, role } of chosen.values()) {
    const id = delegate.kind === 'team' ? { teamId: delegate.id } : { accountId: delegate.id };
    await putRepositoryPermission(db, repositoryId, id, role);
  }
}

/** Bound to the creator first, then the stronger role. */
function weight({ activating, role }: Prototype): number {
  return (activating === null ? 0 : 10) + repositoryRanks[role];
}
