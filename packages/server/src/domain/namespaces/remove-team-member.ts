import { DomainError } from '#/domain/errors.ts';
import { type Performer, writeChangeLog } from '#/domain/logs/index.ts';
import type { Services } from '#/domain/services.ts';
import { keepAdministrator } from './keep-administrator.ts';
import { deleteTeamMember, findAccountByName, getTeam, lockOrganization } from './queries.ts';

/** Throws DomainError `not_found`, `denied` (nobody would be left to administer the organization). */
export async function removeTeamMember(
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
    if (member === undefined || !(await deleteTeamMember(db, team.id, member.id))) {
      throw new DomainError('not_found', `"${input.member}" is not a member of "${team.name}".`);
    }
    if (team.role === 'admin' && member.kind === 'user') await keepAdministrator(db, input.organizationId);
    await writeChangeLog(services, db, {
      kind: 'org_remove_team_member',
      accountId: input.organizationId,
      performer: input.performer,
      metadata: { member: member.name, team: team.name },
    });
  });
  services.events.publish({ kind: 'authority-changed' });
}
