import { randomUUID } from 'node:crypto';
import { DomainError } from '#/domain/errors.ts';
import { type LogKind, type Performer, writeChangeLog } from '#/domain/logs/index.ts';
import type { Services } from '#/domain/services.ts';
import { getTeam, lockOrganization, type Team } from './queries.ts';
import { deleteTeamSync, insertTeamSync } from './queries-teams.ts';

interface SyncedTeam {
  readonly organizationId: number;
  readonly team: string;
  readonly performer?: Performer | undefined;
}

/**
 * Lets the people of the team follow a group of the directory from now on, in place of another group. Throws DomainError `not_found`
 * (organization, team).
 */
export async function enableTeamSync(
  services: Services,
  input: SyncedTeam & {
    readonly service: string;
    readonly config: Readonly<Record<string, unknown>>;
  },
): Promise<Team> {
  return services.database.transaction(async (db) => {
    await lockOrganization(db, input.organizationId);
    const team = await getTeam(db, input.organizationId, input.team);
    await deleteTeamSync(db, team.id);
    await insertTeamSync(db, {
      team_id: team.id,
      service: input.service,
      config_json: JSON.stringify(input.config),
      transaction_id: randomUUID(),
      last_updated_ms: null,
    });
    await writeChangeLog(services, db, logOf(input, 'enable_team_sync'));
    return team;
  });
}

/** The present members stay. Throws DomainError `not_found` (organization, team), `invalid_request` (not synced). */
export async function disableTeamSync(services: Services, input: SyncedTeam): Promise<Team> {
  return services.database.transaction(async (db) => {
    await lockOrganization(db, input.organizationId);
    const team = await getTeam(db, input.organizationId, input.team);
    if (!(await deleteTeamSync(db, team.id))) {
      throw new DomainError('invalid_request', `"${team.name}" follows no group.`);
    }
    await writeChangeLog(services, db, logOf(input, 'disable_team_sync'));
    return team;
  });
}

function logOf(input: SyncedTeam, kind: LogKind) {
  return {
    kind,
    accountId: input.organizationId,
    performer: input.performer,
    metadata: { team: input.team },
  };
}
