import type { Db } from '#/db/database.ts';

/** A team whose people follow a group, and where its synchronisation stands. */
export interface FollowedTeam {
  readonly id: number;
  readonly organizationId: number;
  readonly name: string;
  /** Which group: `{group_dn}`, `{group_id}`. */
  readonly config: Readonly<Record<string, unknown>>;
  /** The optimistic lock: another one as soon as somebody changed anything about the synchronisation. */
  readonly transactionId: string;
}

interface Staleness {
  readonly service: string;
  /** Teams that were read before, or never. */
  readonly beforeMs: number;
}

function following(db: Db) {
  return db
    .selectFrom('team_syncs as s')
    .innerJoin('teams as t', 't.id', 's.team_id')
    .select(['t.id as id', 't.organization_id as organizationId', 't.name as name'])
    .select(['s.config_json as configJson', 's.transaction_id as transactionId']);
}

/** Teams in the order of their ids, from `fromId` on. */
export async function listStaleTeams(
  db: Db,
  { service, beforeMs, fromId, limit }: Staleness & { readonly fromId: number; readonly limit: number },
): Promise<FollowedTeam[]> {
  const rows = await following(db)
    .where('s.service', '=', service)
    .where((eb) => eb.or([eb('s.last_updated_ms', 'is', null), eb('s.last_updated_ms', '<', beforeMs)]))
    .where('s.team_id', '>=', fromId)
    .orderBy('s.team_id')
    .limit(limit)
    .execute();
  return rows.map(({ configJson, ...row }) => ({
    ...row,
    config: JSON.parse(configJson) as Record<string, unknown>,
  }));
}

/** The largest id of a team that follows a group; 0 when none does. */
export async function findLastFollowedTeamId(db: Db, service: string): Promise<number> {
  const { id } = await db
    .selectFrom('team_syncs')
    .select((eb) => eb.fn.max('team_id').as('id'))
    .where('service', '=', service)
    .executeTakeFirstOrThrow();
  return Number(id ?? 0);
}

/** Whether nobody changed the synchronisation since it had this id. */
export async function isSyncUnchanged(db: Db, teamId: number, transactionId: string): Promise<boolean> {
  const row = await db
    .selectFrom('team_syncs')
    .select('team_id')
    .where('team_id', '=', teamId)
    .where('transaction_id', '=', transactionId)
    .executeTakeFirst();
  return row !== undefined;
}

/** False when somebody changed the synchronisation since it had this id. */
export async function updateTeamSync(
  db: Db,
  { teamId, transactionId }: { readonly teamId: number; readonly transactionId: string },
  values: { readonly transaction_id: string; readonly last_updated_ms?: number },
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('team_syncs')
    .set(values)
    .where('team_id', '=', teamId)
    .where('transaction_id', '=', transactionId)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** The names of those of these people who are no members of the team, by id. */
export async function listNonMembers(
  db: Db,
  teamId: number,
  accountIds: readonly number[],
): Promise<{ readonly id: number; readonly name: string }[]> {
  if (accountIds.length === 0) return [];
  return db
    .selectFrom('accounts as a')
    .leftJoin('team_members as m', (join) =>
      join.onRef('m.account_id', '=', 'a.id').on('m.team_id', '=', teamId),
    )
    .select(['a.id', 'a.name'])
    .where('a.id', 'in', accountIds)
    .where('a.kind', '=', 'user')
    .where('m.account_id', 'is', null)
    .orderBy('a.id')
    .execute();
}

/** A page of the people in a team by id, each with whether the service is linked to the account. */
export async function listPeopleOfTeam(
  db: Db,
  {
    teamId,
    service,
    afterId,
    limit,
  }: {
    readonly teamId: number;
    readonly service: string;
    readonly afterId: number;
    readonly limit: number;
  },
): Promise<{ readonly id: number; readonly name: string; readonly isLinked: boolean }[]> {
  const rows = await db
    .selectFrom('team_members as m')
    .innerJoin('accounts as a', 'a.id', 'm.account_id')
    .leftJoin('federated_logins as f', (join) =>
      join.onRef('f.account_id', '=', 'a.id').on('f.service', '=', service),
    )
    .select(['a.id', 'a.name', 'f.account_id as linkedId'])
    .where('m.team_id', '=', teamId)
    .where('m.account_id', '>', afterId)
    .where('a.kind', '=', 'user')
    .orderBy('m.account_id')
    .limit(limit)
    .execute();
  return rows.map(({ id, name, linkedId }) => ({ id, name, isLinked: linkedId !== null }));
}

/** The caller holds the lock of the organization, and knows that none of these is a member. */
export async function insertTeamMembers(
  db: Db,
  teamId: number,
  accountIds: readonly number[],
): Promise<void> {
  if (accountIds.length === 0) return;
  await db
    .insertInto('team_members')
    .values(accountIds.map((account_id) => ({ team_id: teamId, account_id })))
    .execute();
}

export async function deleteTeamMembers(
  db: Db,
  teamId: number,
  accountIds: readonly number[],
): Promise<void> {
  if (accountIds.length === 0) return;
  await db
    .deleteFrom('team_members')
    .where('team_id', '=', teamId)
    .where('account_id', 'in', accountIds)
    .execute();
}
