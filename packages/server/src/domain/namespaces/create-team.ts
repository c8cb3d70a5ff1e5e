import type { TeamRole } from '#/db/schema.ts';
import { DomainError } from '#/domain/errors.ts';
import { refuseTooMany } from '#/domain/list-limits.ts';
import { type Performer, writeChangeLog } from '#/domain/logs/index.ts';
import type { Services } from '#/domain/services.ts';
import { checkTeamName } from './account-names.ts';
import { findTeam, getTeam, insertTeam, lockOrganization, type Team } from './queries.ts';
import { countTeams } from './queries-counts.ts';

/** Throws DomainError `name_invalid`, `already_exists`, `not_found` (organization), `invalid_request` (too many). */
export async function createTeam(
  services: Services,
  input: {
    readonly organizationId: number;
    readonly name: string;
    readonly role: TeamRole;
    readonly description?: string;
    readonly performer?: Performer;
  },
): Promise<Team> {
  checkTeamName(input.name);
  return services.database.transaction(async (db) => {
    await lockOrganization(db, input.organizationId);
    if ((await findTeam(db, input.organizationId, input.name)) !== undefined) {
      throw new DomainError('already_exists', `The team "${input.name}" already exists.`);
    }
    await insertTeam(db, {
      organization_id: input.organizationId,
      name: input.name,
      role: input.role,
      description: input.description ?? '',
    });
    refuseTooMany(services, 'teams', await countTeams(db, input.organizationId));
    await writeChangeLog(services, db, {
      kind: 'org_create_team',
      accountId: input.organizationId,
      performer: input.performer,
      metadata: { team: input.name },
    });
    return getTeam(db, input.organizationId, input.name);
  });
}
