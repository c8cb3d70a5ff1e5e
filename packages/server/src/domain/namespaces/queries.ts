import type { Db } from '#/db/database.ts';
import { insertIgnore } from '#/db/insert-ignore.ts';
import { insertRow } from '#/db/insert-row.ts';
import { lockRow } from '#/db/lock-row.ts';
import type { AccountKind, NewRow, Row, TeamRole } from '#/db/schema.ts';
import { DomainError } from '#/domain/errors.ts';
import { listLimits } from '#/domain/list-limits.ts';
import type { AccountReference } from '#/domain/permissions/principal.ts';
import { type Account, accountFromRow } from './account.ts';

const firstUserCreated = 'first_user_created';

export async function findAccountById(db: Db, id: number): Promise<Account | undefined> {
  const row = await db.selectFrom('accounts').selectAll().where('id', '=', id).executeTakeFirst();
  return row && accountFromRow(row);
}

/** Throws DomainError `not_found`. */
export async function getAccount(db: Db, id: number): Promise<Account> {
  const account = await findAccountById(db, id);
  if (account === undefined) throw new DomainError('not_found', 'The account does not exist.');
  return account;
}

/** Looks among people, organizations and robots (`namespace+short`) alike. */
export async function findAccountByName(db: Db, name: string): Promise<Account | undefined> {
  const row = await db.selectFrom('accounts').selectAll().where('name', '=', name).executeTakeFirst();
  return row && accountFromRow(row);
}

/** The person with this e-mail address. */
export async function findAccountByEmail(db: Db, email: string): Promise<Account | undefined> {
  const row = await db
    .selectFrom('accounts')
    .selectAll()
    .where('email', '=', email)
    .where('kind', '=', 'user')
    .executeTakeFirst();
  return row && accountFromRow(row);
}

export async function findAccountByUuid(db: Db, uuid: string): Promise<Account | undefined> {
  const row = await db.selectFrom('accounts').selectAll().where('uuid', '=', uuid).executeTakeFirst();
  return row && accountFromRow(row);
}

/** A page of people or organizations by name. */
export async function listAccounts(
  db: Db,
  page: { readonly kind: AccountKind; readonly after?: string | undefined; readonly limit: number },
): Promise<Account[]> {
  const rows = await db
    .selectFrom('accounts')
    .selectAll()
    .where('kind', '=', page.kind)
    .$if(page.after !== undefined, (query) => query.where('name', '>', page.after ?? ''))
    .orderBy('name')
    .limit(page.limit)
    .execute();
  return rows.map(accountFromRow);
}

export async function hasUsers(db: Db): Promise<boolean> {
  const row = await db
    .selectFrom('accounts')
    .select('id')
    .where('kind', '=', 'user')
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Whether a user exists or ever did. */
export async function hadUsers(db: Db): Promise<boolean> {
  const row = await db
    .selectFrom('settings')
    .select('name')
    .where('name', '=', firstUserCreated)
    .executeTakeFirst();
  return row !== undefined || (await hasUsers(db));
}

/** True in the one transaction that comes first; others wait for it and get false. */
export async function claimFirstUser(db: Db): Promise<boolean> {
  return insertIgnore(db, 'settings', { name: firstUserCreated, value: 'true' });
}

/** Changes columns of one account; false when it does not exist. */
export async function updateAccount(
  db: Db,
  id: number,
  values: Partial<Omit<Row<'accounts'>, 'id'>>,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('accounts')
    .set(values)
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

/** Counts a wrong password. */
export async function countFailedLogin(db: Db, id: number, nowMs: number): Promise<void> {
  await db
    .updateTable('accounts')
    .set((eb) => ({
      invalid_login_attempts: eb('invalid_login_attempts', '+', 1),
      last_invalid_login_ms: nowMs,
    }))
    .where('id', '=', id)
    .execute();
}

/** Moves the last access of accounts, unless it lies after `staleBeforeMs`. */
export async function touchAccounts(
  db: Db,
  ids: readonly number[],
  times: { readonly nowMs: number; readonly staleBeforeMs: number },
): Promise<void> {
  await db
    .updateTable('accounts')
    .set({ last_accessed_ms: times.nowMs })
    .where('id', 'in', ids)
    .where((eb) =>
      eb.or([eb('last_accessed_ms', 'is', null), eb('last_accessed_ms', '<=', times.staleBeforeMs)]),
    )
    .execute();
}

export interface RobotRow {
  readonly account: Account;
  readonly description: string;
  readonly unstructuredJson: string;
  readonly tokenEncrypted: string;
}

export async function insertRobot(db: Db, row: NewRow<'robots'>): Promise<void> {
  await db.insertInto('robots').values(row).execute();
}

/** The robot with this full name, if it belongs to the owner. */
export async function findRobotRow(db: Db, ownerId: number, name: string): Promise<RobotRow | undefined> {
  const row = await db
    .selectFrom('accounts')
    .innerJoin('robots', 'robots.account_id', 'accounts.id')
    .selectAll()
    .where('accounts.name', '=', name)
    .where('accounts.owner_id', '=', ownerId)
    .where('accounts.kind', '=', 'robot')
    .executeTakeFirst();
  return (
    row && {
      account: accountFromRow(row),
      description: row.description,
      unstructuredJson: row.unstructured_json,
      tokenEncrypted: row.token_encrypted,
    }
  );
}

/** Throws DomainError `invalid_request`. */
export async function getRobotRow(db: Db, owner: AccountReference, shortName: string): Promise<RobotRow> {
  const name = `${owner.name}+${shortName}`;
  const robot = await findRobotRow(db, owner.id, name);
  if (robot === undefined) throw new DomainError('invalid_request', `The robot "${name}" does not exist.`);
  return robot;
}

/** By name. */
export async function listRobotRows(db: Db, ownerId: number, limit?: number): Promise<RobotRow[]> {
  const rows = await db
    .selectFrom('accounts')
    .innerJoin('robots', 'robots.account_id', 'accounts.id')
    .selectAll()
    .where('accounts.owner_id', '=', ownerId)
    .where('accounts.kind', '=', 'robot')
    .orderBy('accounts.name')
    .$if(limit !== undefined, (query) => query.limit(limit ?? 0))
    .execute();
  return rows.map((row) => ({
    account: accountFromRow(row),
    description: row.description,
    unstructuredJson: row.unstructured_json,
    tokenEncrypted: row.token_encrypted,
  }));
}

export async function updateRobotToken(db: Db, accountId: number, tokenEncrypted: string): Promise<void> {
  await db
    .updateTable('robots')
    .set({ token_encrypted: tokenEncrypted })
    .where('account_id', '=', accountId)
    .execute();
}

/** What belongs to the account goes with it (foreign keys). */
export async function deleteAccountRow(db: Db, id: number): Promise<void> {
  await db.deleteFrom('accounts').where('id', '=', id).execute();
}

export interface Team {
  readonly id: number;
  readonly organizationId: number;
  readonly name: string;
  readonly role: TeamRole;
  readonly description: string;
}

function teamFromRow(row: Row<'teams'>): Team {
  return {
    id: row.id,
    organizationId: row.organization_id,
    name: row.name,
    role: row.role,
    description: row.description,
  };
}

export async function insertTeam(db: Db, row: NewRow<'teams'>): Promise<number> {
  return insertRow(db, 'teams', row);
}

export async function findTeam(db: Db, organizationId: number, name: string): Promise<Team | undefined> {
  const row = await db
    .selectFrom('teams')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .where('name', '=', name)
    .executeTakeFirst();
  return row && teamFromRow(row);
}

/** Throws DomainError `not_found`. */
export async function getTeam(db: Db, organizationId: number, name: string): Promise<Team> {
  const team = await findTeam(db, organizationId, name);
  if (team === undefined) throw new DomainError('not_found', `The team "${name}" does not exist.`);
  return team;
}

/** In the order in which they were made. */
export async function listTeams(db: Db, organizationId: number): Promise<Team[]> {
  const rows = await db
    .selectFrom('teams')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .orderBy('id')
    .execute();
  return rows.map(teamFromRow);
}

export async function deleteTeamRow(db: Db, teamId: number): Promise<void> {
  await db.deleteFrom('teams').where('id', '=', teamId).execute();
}

/** False when the account is a member already. */
export async function insertTeamMember(db: Db, teamId: number, accountId: number): Promise<boolean> {
  return insertIgnore(db, 'team_members', { team_id: teamId, account_id: accountId });
}

/** False when the account was no member. */
export async function deleteTeamMember(db: Db, teamId: number, accountId: number): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('team_members')
    .where('team_id', '=', teamId)
    .where('account_id', '=', accountId)
    .executeTakeFirstOrThrow();
  return numDeletedRows > 0n;
}

/** Takes the account out of all teams. */
export async function deleteMemberships(db: Db, accountId: number): Promise<void> {
  await db.deleteFrom('team_members').where('account_id', '=', accountId).execute();
}

/** People and robots of a team by name. */
export async function listTeamMembers(db: Db, teamId: number): Promise<Account[]> {
  const rows = await db
    .selectFrom('team_members')
    .innerJoin('accounts', 'accounts.id', 'team_members.account_id')
    .selectAll('accounts')
    .where('team_members.team_id', '=', teamId)
    .orderBy('accounts.name')
    .limit(listLimits.teamMembers)
    .execute();
  return rows.map(accountFromRow);
}

/** Lets one transaction at a time change the teams of an organization. Throws DomainError `not_found`. */
export async function lockOrganization(db: Db, id: number): Promise<Account> {
  const row = await lockRow(
    db,
    db.selectFrom('accounts').selectAll().where('id', '=', id).where('kind', '=', 'organization'),
  ).executeTakeFirst();
  if (row === undefined) throw new DomainError('not_found', 'The organization does not exist.');
  return accountFromRow(row);
}

/** Whether a person who is not disabled is member of a team with role admin. */
export async function hasAdministrator(db: Db, organizationId: number): Promise<boolean> {
  const row = await db
    .selectFrom('teams')
    .innerJoin('team_members', 'team_members.team_id', 'teams.id')
    .innerJoin('accounts', 'accounts.id', 'team_members.account_id')
    .select('accounts.id')
    .where('teams.organization_id', '=', organizationId)
    .where('teams.role', '=', 'admin')
    .where('accounts.kind', '=', 'user')
    .where('accounts.enabled', '=', 1)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Organizations of which the account is an administrator through a team, in the order of their locks. */
export async function listAdministeredOrganizationIds(db: Db, accountId: number): Promise<number[]> {
  const rows = await db
    .selectFrom('team_members')
    .innerJoin('teams', 'teams.id', 'team_members.team_id')
    .select('teams.organization_id')
    .distinct()
    .where('team_members.account_id', '=', accountId)
    .where('teams.role', '=', 'admin')
    .orderBy('teams.organization_id')
    .execute();
  return rows.map((row) => row.organization_id);
}

/** How many accounts of each kind exist. */
export async function countAccounts(db: Db): Promise<Readonly<Record<AccountKind, number>>> {
  const rows = await db
    .selectFrom('accounts')
    .select((eb) => ['kind', eb.fn.countAll<number>().as('count')])
    .groupBy('kind')
    .execute();
  const countOf = (kind: AccountKind): number => Number(rows.find((row) => row.kind === kind)?.count ?? 0);
  return { user: countOf('user'), organization: countOf('organization'), robot: countOf('robot') };
}
