import type { TeamRole } from '#/db/schema.ts';
import { type Performer, writeChangeLog } from '#/domain/logs/index.ts';
import type { Services } from '#/domain/services.ts';
import { keepingAdministrators } from './keep-administrator.ts';
import { getTeam, lockOrganization } from './queries.ts';
import { updateTeam } from './queries-teams.ts';

/** Throws DomainError `not_found`, `invalid_request` (nobody, or not the caller, would be left to administer the organization). */
export async function setTeamRole(
  services: Services,
  input: {
    readonly organizationId: number;
    readonly team: string;
    readonly role: TeamRole;
    readonly performer?: Performer;
  },
): Promise<void> {
  await services.database.transaction(async (db) => {
    await lockOrganization(db, input.organizationId);
    const team = await getTeam(db, input.organizationId, input.team);
    const change = () => updateTeam(db, team.id, { role: input.role });
    if (team.role === 'admin') {
      const { organizationId, performer } = input;
      await keepingAdministrators(db, { organizationId, callerId: performer?.accountId }, change);
    } else await change();
    await writeChangeLog(services, db, {
      kind: 'org_set_team_role',
      accountId: input.organizationId,
      performer: input.performer,
      metadata: { team: input.team, role: input.role },
    });
  });
  services.events.publish({ kind: 'authority-changed' });
}
