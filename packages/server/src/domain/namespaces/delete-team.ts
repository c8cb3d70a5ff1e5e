import { type Performer, writeChangeLog } from '#/domain/logs/index.ts';
import type { Services } from '#/domain/services.ts';
import { keepAdministrator } from './keep-administrator.ts';
import { deleteTeamRow, getTeam, lockOrganization } from './queries.ts';

/** Removes a team with its permissions. Throws DomainError `not_found`, `denied` (nobody would be left to administer the organization). */
export async function deleteTeam(
  services: Services,
  input: { readonly organizationId: number; readonly team: string; readonly performer?: Performer },
): Promise<void> {
  await services.database.transaction(async (db) => {
    await lockOrganization(db, input.organizationId);
    const team = await getTeam(db, input.organizationId, input.team);
    await deleteTeamRow(db, team.id);
    if (team.role === 'admin') await keepAdministrator(db, input.organizationId);
    await writeChangeLog(services, db, {
      kind: 'org_delete_team',
      accountId: input.organizationId,
      performer: input.performer,
      metadata: { team: input.team },
    });
  });
  services.events.publish({ kind: 'authority-changed' });
}
