import type { Db } from '#/db/database.ts';
import type { RepositoryRole } from '#/db/schema.ts';
import { listLimits } from '#/domain/list-limits.ts';
import type { NamedAccount } from '#/domain/namespaces/index.ts';

export interface UserPermission {
  readonly account: NamedAccount;
  readonly role: RepositoryRole;
  /** In a team of the organization, or one of its robots. */
  readonly isMember: boolean;
}

function selectUserPermissions(db: Db, repository: { readonly id: number; readonly namespaceId: number }) {
  return db
    .selectFrom('repository_permissions as p')
    .innerJoin('accounts as a', 'a.id', 'p.account_id')
    .select(['a.id', 'a.kind', 'a.name', 'a.email', 'p.role'])
    .select((eb) =>
      eb
        .selectFrom('team_members as m')
        .innerJoin('teams as t', 't.id', 'm.team_id')
        .whereRef('m.account_id', '=', 'a.id')
        .where('t.organization_id', '=', repository.namespaceId)
        .select((inner) => inner.fn.countAll<number>().as('count'))
        .as('teams'),
    )
    .where('p.repository_id', '=', repository.id);
}

function toUserPermission(
  row: NamedAccount & { readonly role: RepositoryRole; readonly teams: number | null },
): UserPermission {
  const { role, teams, ...account } = row;
  return { account, role, isMember: account.kind === 'robot' || Number(teams ?? 0) > 0 };
}

/** People and robots with a permission of their own on a repository, by name. */
export async function listUserPermissions(
  db: Db,
  repository: { readonly id: number; readonly namespaceId: number },
): Promise<UserPermission[]> {
  const rows = await selectUserPermissions(db, repository)
    .orderBy('a.name')
    .limit(listLimits.permissions)
    .execute();
  return rows.map(toUserPermission);
}

/** The permission of its own that the user or robot of this name has. */
export async function findUserPermission(
  db: Db,
  repository: { readonly id: number; readonly namespaceId: number },
  name: string,
): Promise<UserPermission | undefined> {
  const row = await selectUserPermissions(db, repository).where('a.name', '=', name).executeTakeFirst();
  return row && toUserPermission(row);
}

export interface TeamPermission {
  readonly name: string;
  readonly role: RepositoryRole;
}

/** Teams with a permission on a repository, by name. */
export async function listTeamPermissions(db: Db, repositoryId: number): Promise<TeamPermission[]> {
  return db
    .selectFrom('repository_permissions as p')
    .innerJoin('teams as t', 't.id', 'p.team_id')
    .select(['t.name', 'p.role'])
    .where('p.repository_id', '=', repositoryId)
    .orderBy('t.name')
    .limit(listLimits.permissions)
    .execute();
}

/** The permission of the namespace's team of this name. */
export async function findTeamPermission(
  db: Db,
  repository: { readonly id: number; readonly namespaceId: number },
  name: string,
): Promise<TeamPermission | undefined> {
  return db
    .selectFrom('repository_permissions as p')
    .innerJoin('teams as t', 't.id', 'p.team_id')
    .select(['t.name', 'p.role'])
    .where('p.repository_id', '=', repository.id)
    .where('t.organization_id', '=', repository.namespaceId)
    .where('t.name', '=', name)
    .executeTakeFirst();
}

/** Every role that the user or robot of this name has on a repository, by itself and through teams. */
export async function listTransitiveRoles(
  db: Db,
  repositoryId: number,
  name: string,
): Promise<RepositoryRole[]> {
  const rows = await db
    .selectFrom('repository_permissions as p')
    .innerJoin('accounts as a', (join) => join.on('a.name', '=', name))
    .leftJoin('team_members as m', (join) =>
      join.onRef('m.team_id', '=', 'p.team_id').onRef('m.account_id', '=', 'a.id'),
    )
    .select('p.role')
    .where('p.repository_id', '=', repositoryId)
    .where((eb) => eb.or([eb('p.account_id', '=', eb.ref('a.id')), eb('m.account_id', 'is not', null)]))
    .orderBy('p.id')
    .execute();
  return rows.map(({ role }) => role);
}
