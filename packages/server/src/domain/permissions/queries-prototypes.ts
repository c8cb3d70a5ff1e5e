import { sql } from 'kysely';
import type { Db } from '#/db/database.ts';
import type { AccountKind, NewRow, RepositoryRole } from '#/db/schema.ts';
import { listLimits } from '#/domain/list-limits.ts';

export async function insertPrototype(db: Db, row: NewRow<'permission_prototypes'>): Promise<void> {
  await db.insertInto('permission_prototypes').values(row).execute();
}

export async function updatePrototypeRole(
  db: Db,
  organizationId: number,
  uuid: string,
  role: RepositoryRole,
): Promise<void> {
  await db
    .updateTable('permission_prototypes')
    .set({ role })
    .where('organization_id', '=', organizationId)
    .where('uuid', '=', uuid)
    .execute();
}

export async function deletePrototypeRow(db: Db, organizationId: number, uuid: string): Promise<void> {
  await db
    .deleteFrom('permission_prototypes')
    .where('organization_id', '=', organizationId)
    .where('uuid', '=', uuid)
    .execute();
}

/** A person or robot that a default permission names. */
export interface PrototypeAccount {
  readonly kind: 'user' | 'robot';
  readonly id: number;
  readonly name: string;
  readonly email: string | null;
  /** In a team of the organization, or one of its robots. */
  readonly isMember: boolean;
}

/** A default permission: what its delegate gets on each new repository. */
export interface Prototype {
  readonly uuid: string;
  readonly role: RepositoryRole;
  /** Only for repositories that this account creates; null: for all. */
  readonly activating: PrototypeAccount | null;
  readonly delegate: PrototypeAccount | { readonly kind: 'team'; readonly id: number; readonly name: string };
}

/** In the order in which they were made. */
export async function listPrototypes(db: Db, organizationId: number): Promise<Prototype[]> {
  const rows = await db
    .selectFrom('permission_prototypes as p')
    .leftJoin('accounts as c', 'c.id', 'p.activating_account_id')
    .leftJoin('accounts as a', 'a.id', 'p.delegate_account_id')
    .leftJoin('teams as t', 't.id', 'p.delegate_team_id')
    .select([
      'p.uuid',
      'p.role',
      'c.id as creatorId',
      'c.name as creatorName',
      'c.kind as creatorKind',
      'c.email as creatorEmail',
      'a.id as accountId',
      'a.name as accountName',
      'a.kind as accountKind',
      'a.email as accountEmail',
      't.id as teamId',
      't.name as teamName',
    ])
    .select([
      countTeams(db, organizationId, 'c.id').as('creatorTeams'),
      countTeams(db, organizationId, 'a.id').as('accountTeams'),
    ])
    .where('p.organization_id', '=', organizationId)
    .orderBy('p.id')
    .limit(listLimits.prototypes)
    .execute();
  return rows.map((row) => ({
    uuid: row.uuid,
    role: row.role,
    activating:
      row.creatorId === null
        ? null
        : prototypeAccount({
            id: row.creatorId,
            name: row.creatorName,
            kind: row.creatorKind,
            email: row.creatorEmail,
            teams: row.creatorTeams,
          }),
    delegate:
      row.teamId === null
        ? prototypeAccount({
            id: row.accountId,
            name: row.accountName,
            kind: row.accountKind,
            email: row.accountEmail,
            teams: row.accountTeams,
          })
        : { kind: 'team', id: row.teamId, name: row.teamName ?? '' },
  }));
}

/** In how many teams of the organization the account is. */
function countTeams(db: Db, organizationId: number, account: 'c.id' | 'a.id') {
  return db
    .selectFrom('team_members as m')
    .innerJoin('teams as o', 'o.id', 'm.team_id')
    .where('o.organization_id', '=', organizationId)
    .where('m.account_id', '=', sql.ref<number>(account))
    .select((inner) => inner.fn.countAll<number>().as('count'));
}

function prototypeAccount(row: {
  readonly id: number | null;
  readonly name: string | null;
  readonly kind: AccountKind | null;
  readonly email: string | null;
  readonly teams: number | null;
}): PrototypeAccount {
  const kind = row.kind === 'robot' ? 'robot' : 'user';
  return {
    kind,
    id: row.id ?? 0,
    name: row.name ?? '',
    email: row.email,
    isMember: kind === 'robot' || Number(row.teams ?? 0) > 0,
  };
}

/** Default permissions that name the account, as who gets something or as whose repositories they are for. */
export async function deletePrototypesOf(db: Db, accountId: number): Promise<void> {
  await db
    .deleteFrom('permission_prototypes')
    .where((eb) =>
      eb.or([eb('delegate_account_id', '=', accountId), eb('activating_account_id', '=', accountId)]),
    )
    .execute();
}
