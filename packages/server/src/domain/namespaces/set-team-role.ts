import type { TeamRole } from '#/db/schema.ts';
import { type Performer, writeChangeLog } from '#/domain/logs/index.ts';
import type { Services } from '#/domain/services.ts';
import { keepAdministrator } from './keep-administrator.ts';
import { getTeam, lockOrganization, updateTeamRole } from './queries.ts';

/** Throws DomainError `not_found`, `denied` (nobody would be left to administer the organization). */
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
    await updateTeamRole(db, team.id, input.role);
    if (team.role === 'admin') await keepAdministrator(db, input.organizationId);
    await writeChangeLog(services, db, {
      kind: 'org_set_team_role',
      accountId: input.organizationId,
      performer: input.performer,
      metadata: { team: input.team, role: input.role },
    });
  });
  services.events.publish({ kind: 'authority-changed' });
}
