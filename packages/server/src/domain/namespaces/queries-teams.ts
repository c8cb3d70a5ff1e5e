import type { Db } from '#/db/database.ts';
import type { AccountKind, NewRow, TeamRole } from '#/db/schema.ts';
import { listLimits } from '#/domain/list-limits.ts';
import type { Team } from './queries.ts';

/** What lists show of an account. */
export interface NamedAccount {
  readonly id: number;
  readonly kind: AccountKind;
  readonly name: string;
  readonly email: string | null;
}

export interface TeamSummary extends Team {
  readonly memberCount: number;
  /** Repositories on which the team has a permission. */
  readonly repositoryCount: number;
  readonly isSynced: boolean;
  /** The viewer is a member. */
  readonly isViewerMember: boolean;
}

/** The teams of an organization in the order in which they were made, in one query. */
export async function listTeamSummaries(
  db: Db,
  organizationId: number,
  viewerId: number | undefined,
): Promise<TeamSummary[]> {
  const rows = await db
    .selectFrom('teams as t')
    .leftJoin('team_syncs as s', 's.team_id', 't.id')
    .leftJoin('team_members as v', (join) =>
      join.onRef('v.team_id', '=', 't.id').on('v.account_id', '=', viewerId ?? 0),
    )
    .selectAll('t')
    .select(['s.team_id as syncedId', 'v.account_id as viewerId'])
    .select((eb) => [
      eb
        .selectFrom('team_members as m')
        .whereRef('m.team_id', '=', 't.id')
        .select((inner) => inner.fn.countAll<number>().as('count'))
        .as('memberCount'),
      eb
        .selectFrom('repository_permissions as p')
        .whereRef('p.team_id', '=', 't.id')
        .select((inner) => inner.fn.countAll<number>().as('count'))
        .as('repositoryCount'),
    ])
    .where('t.organization_id', '=', organizationId)
    .orderBy('t.id')
    .limit(listLimits.teams)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    organizationId: row.organization_id,
    name: row.name,
    role: row.role,
    description: row.description,
    memberCount: Number(row.memberCount ?? 0),
    repositoryCount: Number(row.repositoryCount ?? 0),
    isSynced: row.syncedId !== null,
    isViewerMember: row.viewerId !== null,
  }));
}

export async function updateTeam(
  db: Db,
  teamId: number,
  values: { readonly role?: TeamRole; readonly description?: string },
): Promise<void> {
  await db.updateTable('teams').set(values).where('id', '=', teamId).execute();
}

export async function isTeamMember(db: Db, teamId: number, accountId: number): Promise<boolean> {
  const row = await db
    .selectFrom('team_members')
    .select('team_id')
    .where('team_id', '=', teamId)
    .where('account_id', '=', accountId)
    .executeTakeFirst();
  return row !== undefined;
}

/** Whether the account is in any team of the organization; with a role, in one with that role. */
async function isInTeams(db: Db, organizationId: number, accountId: number, role?: TeamRole) {
  const row = await db
    .selectFrom('teams as t')
    .innerJoin('team_members as m', 'm.team_id', 't.id')
    .select('t.id')
    .where('t.organization_id', '=', organizationId)
    .where('m.account_id', '=', accountId)
    .$if(role !== undefined, (query) => query.where('t.role', '=', role ?? 'member'))
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Whether the account is in a team of the organization. */
export function isOrganizationMember(db: Db, organizationId: number, accountId: number): Promise<boolean> {
  return isInTeams(db, organizationId, accountId);
}

/** Whether the account is in a team with role admin. */
export function isAdministrator(db: Db, organizationId: number, accountId: number): Promise<boolean> {
  return isInTeams(db, organizationId, accountId, 'admin');
}

export interface TeamMembership {
  readonly account: NamedAccount;
  readonly team: { readonly id: number; readonly name: string };
}

/** Who is in which team of an organization, by account name and age of the team; of one account when named. */
export async function listTeamMemberships(
  db: Db,
  organizationId: number,
  filter: { readonly accountId?: number; readonly kind?: AccountKind },
): Promise<TeamMembership[]> {
  const rows = await db
    .selectFrom('teams as t')
    .innerJoin('team_members as m', 'm.team_id', 't.id')
    .innerJoin('accounts as a', 'a.id', 'm.account_id')
    .select(['a.id', 'a.kind', 'a.name', 'a.email', 't.id as teamId', 't.name as teamName'])
    .where('t.organization_id', '=', organizationId)
    .$if(filter.accountId !== undefined, (query) => query.where('a.id', '=', filter.accountId ?? 0))
    .$if(filter.kind !== undefined, (query) => query.where('a.kind', '=', filter.kind ?? 'user'))
    .orderBy('a.name')
    .orderBy('t.id')
    .execute();
  return rows.map(({ teamId, teamName, ...account }) => ({ account, team: { id: teamId, name: teamName } }));
}

/** Takes the account out of all teams of the organization. */
export async function deleteMembershipsIn(db: Db, organizationId: number, accountId: number): Promise<void> {
  await db
    .deleteFrom('team_members')
    .where('account_id', '=', accountId)
    .where('team_id', 'in', (eb) =>
      eb.selectFrom('teams').select('id').where('organization_id', '=', organizationId),
    )
    .execute();
}

/** Memberships of one owner's robots, by robot and age of the team. */
export async function listRobotMemberships(
  db: Db,
  ownerId: number,
  through: string,
): Promise<{ readonly robotId: number; readonly team: string }[]> {
  return db
    .selectFrom('accounts as a')
    .innerJoin('team_members as m', 'm.account_id', 'a.id')
    .innerJoin('teams as t', 't.id', 'm.team_id')
    .select(['a.id as robotId', 't.name as team'])
    .where('a.owner_id', '=', ownerId)
    .where('a.name', '<=', through)
    .where('t.organization_id', '=', ownerId)
    .orderBy('a.name')
    .orderBy('t.id')
    .execute();
}

export interface TeamSync {
  /** `ldap`, `keystone` or `oidc`. */
  readonly service: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly lastUpdatedMs: number | null;
}

/** The directory's group that the team follows. */
export async function findTeamSync(db: Db, teamId: number): Promise<TeamSync | undefined> {
  const row = await db
    .selectFrom('team_syncs')
    .select(['service', 'config_json as configJson', 'last_updated_ms as lastUpdatedMs'])
    .where('team_id', '=', teamId)
    .executeTakeFirst();
  return (
    row && {
      service: row.service,
      config: JSON.parse(row.configJson) as Record<string, unknown>,
      lastUpdatedMs: row.lastUpdatedMs,
    }
  );
}

export async function insertTeamSync(db: Db, row: NewRow<'team_syncs'>): Promise<void> {
  await db.insertInto('team_syncs').values(row).execute();
}

/** False when the team follows no group. */
export async function deleteTeamSync(db: Db, teamId: number): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('team_syncs')
    .where('team_id', '=', teamId)
    .executeTakeFirstOrThrow();
  return numDeletedRows > 0n;
}
