import type { Db } from '#/db/database.ts';

/** A team that follows a group of a directory. */
export interface FollowingTeam {
  readonly teamId: number;
  readonly organizationId: number;
  readonly name: string;
}

const mostAtOnce = 500;

/** The teams whose synchronisation with the service is configured exactly so. */
export async function listTeamsFollowing(
  db: Db,
  service: string,
  configs: readonly string[],
): Promise<FollowingTeam[]> {
  const found: FollowingTeam[] = [];
  for (let start = 0; start < configs.length; start += mostAtOnce) {
    found.push(
      ...(await following(db, service)
        .where('s.config_json', 'in', configs.slice(start, start + mostAtOnce))
        .execute()),
    );
  }
  return found;
}

/** The teams that follow groups of the service and have the account as a member. */
export async function listFollowedMemberships(
  db: Db,
  service: string,
  accountId: number,
): Promise<FollowingTeam[]> {
  return following(db, service)
    .innerJoin('team_members as m', 'm.team_id', 't.id')
    .where('m.account_id', '=', accountId)
    .execute();
}

function following(db: Db, service: string) {
  return db
    .selectFrom('team_syncs as s')
    .innerJoin('teams as t', 't.id', 's.team_id')
    .select(['t.id as teamId', 't.organization_id as organizationId', 't.name as name'])
    .where('s.service', '=', service);
}

/** Whether the team still follows the service. */
export async function isFollowing(db: Db, service: string, teamId: number): Promise<boolean> {
  const row = await following(db, service).where('t.id', '=', teamId).executeTakeFirst();
  return row !== undefined;
}

/** Replaces what is kept with the link of an account to a service. */
export async function updateFederatedLogin(
  db: Db,
  accountId: number,
  service: string,
  metadata: Readonly<Record<string, unknown>>,
): Promise<void> {
  await db
    .updateTable('federated_logins')
    .set({ metadata_json: JSON.stringify(metadata) })
    .where('account_id', '=', accountId)
    .where('service', '=', service)
    .execute();
}
