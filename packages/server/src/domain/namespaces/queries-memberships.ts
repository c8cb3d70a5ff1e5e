import type { Db } from '#/db/database.ts';
import { type Account, accountFromRow } from './account.ts';

/** An organization that an account belongs to, with what it may do there. */
export interface Membership {
  readonly id: number;
  readonly name: string;
  readonly email: string | null;
  readonly isAdmin: boolean;
  /** May create repositories. */
  readonly isCreator: boolean;
}

/** The enabled organizations of whose teams the account is a member, by name. */
export async function listMemberships(db: Db, accountId: number): Promise<Membership[]> {
  const rows = await db
    .selectFrom('team_members as m')
    .innerJoin('teams as t', 't.id', 'm.team_id')
    .innerJoin('accounts as o', 'o.id', 't.organization_id')
    .select((eb) => [
      'o.id',
      'o.name',
      'o.email',
      eb.fn.max(eb.case().when('t.role', '=', 'admin').then(1).else(0).end()).as('isAdmin'),
      eb.fn.max(eb.case().when('t.role', '=', 'member').then(0).else(1).end()).as('isCreator'),
    ])
    .where('m.account_id', '=', accountId)
    .where('o.enabled', '=', 1)
    .groupBy(['o.id', 'o.name', 'o.email'])
    .orderBy('o.name')
    .execute();
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    email: row.email,
    isAdmin: Number(row.isAdmin) === 1,
    isCreator: Number(row.isCreator) === 1,
  }));
}

/** The people and organizations of these names that exist, by name. */
export async function findAccountsByNames(db: Db, names: readonly string[]): Promise<Account[]> {
  if (names.length === 0) return [];
  const rows = await db
    .selectFrom('accounts')
    .selectAll()
    .where('name', 'in', names)
    .where('kind', '<>', 'robot')
    .orderBy('name')
    .execute();
  return rows.map(accountFromRow);
}

/** An open invitation to a team; `email` is where it was mailed to. */
export async function findInvitation(
  db: Db,
  code: string,
): Promise<{ readonly email: string | null } | undefined> {
  return db.selectFrom('team_invites').select('email').where('code', '=', code).executeTakeFirst();
}

/** The organizations with this address, oldest first. */
export async function listOrganizationsByEmail(db: Db, email: string, limit: number): Promise<Account[]> {
  const rows = await db
    .selectFrom('accounts')
    .selectAll()
    .where('email', '=', email)
    .where('kind', '=', 'organization')
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(accountFromRow);
}

/** The people in teams of an organization with role admin, by name. */
export async function listAdministrators(db: Db, organizationId: number): Promise<Account[]> {
  const rows = await db
    .selectFrom('accounts as a')
    .selectAll('a')
    .where('a.kind', '=', 'user')
    .where('a.id', 'in', (eb) =>
      eb
        .selectFrom('team_members as m')
        .innerJoin('teams as t', 't.id', 'm.team_id')
        .select('m.account_id')
        .where('t.organization_id', '=', organizationId)
        .where('t.role', '=', 'admin'),
    )
    .orderBy('a.name')
    .execute();
  return rows.map(accountFromRow);
}
