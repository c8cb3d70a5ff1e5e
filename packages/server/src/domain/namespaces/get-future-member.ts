import type { Db } from '#/db/database.ts';
import { DomainError } from '#/domain/errors.ts';
import type { Account } from './account.ts';
import { findAccountByName, type Team } from './queries.ts';
import { refuseSynced } from './refuse-synced.ts';

/**
 * The person, or the robot of the team's organization, that may become a member of the team. Throws DomainError `invalid_request` (no such
 * user, an organization, a robot of another namespace, a person for a synced team).
 */
export async function getFutureMember(db: Db, team: Team, name: string): Promise<Account> {
  const member = await findAccountByName(db, name);
  if (member === undefined) throw new DomainError('invalid_request', `There is no user "${name}".`);
  if (member.kind === 'organization') {
    throw new DomainError('invalid_request', 'An organization cannot be member of a team.');
  }
  if (member.kind === 'robot' && member.ownerId !== team.organizationId) {
    throw new DomainError('invalid_request', 'The robot belongs to another namespace.');
  }
  if (member.kind === 'user') await refuseSynced(db, team);
  return member;
}
