import { DomainError } from '#/domain/errors.ts';
import { type Performer, writeChangeLog } from '#/domain/logs/index.ts';
import type { Services } from '#/domain/services.ts';
import { findAccountByName, getTeam, insertTeamMember, lockOrganization } from './queries.ts';

/**
 * Adds a user, or a robot of the organization, by name. Throws DomainError `not_found`, `invalid_request` (not a user, robot of
 * another namespace), `already_exists`.
 */
export async function addTeamMember(
  services: Services,
  input: {
    readonly organizationId: number;
    readonly team: string;
    readonly member: string;
    readonly performer?: Performer;
  },
): Promise<void> {
  await services.database.transaction(async (db) => {
    await lockOrganization(db, input.organizationId);
    const team = await getTeam(db, input.organizationId, input.team);
    const member = await findAccountByName(db, input.member);
    if (member === undefined) throw new DomainError('not_found', `There is no user "${input.member}".`);
    if (member.kind === 'organization') {
      throw new DomainError('invalid_request', 'An organization cannot be member of a team.');
    }
    if (member.kind === 'robot' && member.ownerId !== input.organizationId) {
      throw new DomainError('invalid_request', 'The robot belongs to another namespace.');
    }
    if (!(await insertTeamMember(db, team.id, member.id))) {
      throw new DomainError('already_exists', `"${member.name}" already is a member of "${team.name}".`);
    }
    await writeChangeLog(services, db, {
      kind: 'org_add_team_member',
      accountId: input.organizationId,
      performer: input.performer,
      metadata: { member: member.name, team: team.name },
    });
  });
  services.events.publish({ kind: 'authority-changed' });
}
