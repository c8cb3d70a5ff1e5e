import type { TeamRole } from '#/db/schema.ts';
import { refuseTooMany } from '#/domain/list-limits.ts';
import { type Performer, writeChangeLog } from '#/domain/logs/index.ts';
import type { Services } from '#/domain/services.ts';
import { checkTeamName } from './account-names.ts';
import { checkTeamDescription } from './check-team-description.ts';
import { keepingAdministrators } from './keep-administrator.ts';
import { findTeam, getTeam, insertTeam, lockOrganization, type Team } from './queries.ts';
import { countTeams } from './queries-counts.ts';
import { updateTeam } from './queries-teams.ts';

/**
 * Creates the team, or gives the one of this name the role and, if given, the description. Throws DomainError `name_invalid`,
 * `not_found` (organization), `invalid_request` (too many; nobody, or not the caller, would be left to administer the organization).
 */
export async function putTeam(
  services: Services,
  input: {
    readonly organizationId: number;
    readonly name: string;
    readonly role: TeamRole;
    readonly description?: string | undefined;
    readonly performer?: Performer;
  },
): Promise<{ readonly team: Team; readonly created: boolean }> {
  const { organizationId, name, role, description, performer } = input;
  checkTeamName(name);
  if (description !== undefined) checkTeamDescription(description);
  const result = await services.database.transaction(async (db) => {
    await lockOrganization(db, organizationId);
    const present = await findTeam(db, organizationId, name);
    const log = (
      kind: 'org_create_team' | 'org_set_team_description' | 'org_set_team_role',
      more: Readonly<Record<string, unknown>>,
    ) =>
      writeChangeLog(services, db, {
        kind,
        accountId: organizationId,
        performer,
        metadata: { team: name, ...more },
      });
    if (present === undefined) {
      await insertTeam(db, {
        organization_id: organizationId,
        name,
        role,
        description: description ?? '',
      });
      refuseTooMany(services, 'teams', await countTeams(db, organizationId));
      await log('org_create_team', {});
      return { team: await getTeam(db, organizationId, name), created: true };
    }
    if (description !== undefined && description !== present.description) {
      await updateTeam(db, present.id, { description });
      await log('org_set_team_description', { description });
    }
    if (role !== present.role) {
      const change = () => updateTeam(db, present.id, { role });
      if (present.role === 'admin') {
        await keepingAdministrators(db, { organizationId, callerId: performer?.accountId }, change);
      } else await change();
      await log('org_set_team_role', { role });
    }
    return { team: await getTeam(db, organizationId, name), created: false };
  });
  services.events.publish({ kind: 'authority-changed' });
  return result;
}
