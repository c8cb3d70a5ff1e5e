import type { Db } from '#/db/database.ts';
import { DomainError } from '#/domain/errors.ts';
import { refuseTooMany } from '#/domain/list-limits.ts';
import { type Performer, writeChangeLog } from '#/domain/logs/index.ts';
import type { Services } from '#/domain/services.ts';
import type { Account } from './account.ts';
import { getFutureMember } from './get-future-member.ts';
import { getTeam, insertTeamMember, lockOrganization, type Team } from './queries.ts';
import { countTeamMembers } from './queries-counts.ts';

/**
 * Adds a user, or a robot of the organization, by name. Throws DomainError `not_found` (organization, team), `invalid_request` (no such
 * user, robot of another namespace, a person for a synced team), `already_exists`.
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
    const member = await getFutureMember(db, team, input.member);
    await storeTeamMember(services, db, { team, member, performer: input.performer });
  });
  services.events.publish({ kind: 'authority-changed' });
}

/** As addTeamMember, inside the caller's transaction, under the organization's lock. Throws DomainError `already_exists`, `invalid_request` (too many). */
export async function storeTeamMember(
  services: Services,
  db: Db,
  input: { readonly team: Team; readonly member: Account; readonly performer: Performer | undefined },
): Promise<void> {
  const { team, member } = input;
  if (!(await insertTeamMember(db, team.id, member.id))) {
    throw new DomainError('already_exists', `"${member.name}" already is a member of "${team.name}".`);
  }
  refuseTooMany(services, 'teamMembers', await countTeamMembers(db, team.id));
  await writeChangeLog(services, db, {
    kind: 'org_add_team_member',
    accountId: team.organizationId,
    performer: input.performer,
    metadata: { member: member.name, team: team.name },
  });
}
