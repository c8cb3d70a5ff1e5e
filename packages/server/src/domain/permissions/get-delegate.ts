import type { Db } from '#/db/database.ts';
import { DomainError } from '#/domain/errors.ts';
import { findAccountByName, findTeam } from '#/domain/namespaces/index.ts';
import type { DelegateId } from './queries.ts';

/** Who gets a permission: a person or robot by account name, or a team of the repository's organization. */
export interface Delegate {
  readonly kind: 'user' | 'team';
  readonly name: string;
}

/**
 * Throws DomainError `invalid_request` (no such user or team, an organization, a robot of another namespace).
 */
export async function getDelegate(db: Db, namespaceId: number, delegate: Delegate): Promise<DelegateId> {
  if (delegate.kind === 'team') {
    const team = await findTeam(db, namespaceId, delegate.name);
    if (team === undefined) throw new DomainError('invalid_request', `There is no team "${delegate.name}".`);
    return { teamId: team.id };
  }
  const account = await findAccountByName(db, delegate.name);
  if (account === undefined) throw new DomainError('invalid_request', `There is no user "${delegate.name}".`);
  if (account.kind === 'organization') {
    throw new DomainError('invalid_request', 'A permission cannot be given to an organization.');
  }
  if (account.kind === 'robot' && account.ownerId !== namespaceId) {
    throw new DomainError('invalid_request', 'The robot belongs to another namespace.');
  }
  return { accountId: account.id };
}
