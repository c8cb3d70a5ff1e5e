import type { Db } from '#/db/database.ts';
import type { AccountKind, RepositoryRole, Visibility } from '#/db/schema.ts';
import { listLimits } from '#/domain/list-limits.ts';
import type { NamedAccount } from '#/domain/namespaces/index.ts';

/** A repository on which somebody has a permission of their own. */
export interface GrantedRepositoryName {
  readonly accountId: number;
  readonly repository: string;
}

/**
 * The repositories of an organization on which accounts have permissions of their own, by account name and repository; of one
 * account when named.
 */
export async function listDirectGrants(
  db: Db,
  namespaceId: number,
  filter: { readonly accountId?: number; readonly kind?: AccountKind; readonly through?: string },
): Promise<GrantedRepositoryName[]> {
  return selectDirectGrants(db, namespaceId)
    .select(['a.id as accountId', 'r.name as repository'])
    .$if(filter.accountId !== undefined, (query) => query.where('a.id', '=', filter.accountId ?? 0))
    .$if(filter.kind !== undefined, (query) => query.where('a.kind', '=', filter.kind ?? 'user'))
    .$if(filter.through !== undefined, (query) => query.where('a.name', '<=', filter.through ?? ''))
    .orderBy('a.name')
    .orderBy('r.name')
    .limit(listLimits.wholeList)
    .execute();
}

function selectDirectGrants(db: Db, namespaceId: number) {
  return db
    .selectFrom('repositories as r')
    .innerJoin('repository_permissions as p', 'p.repository_id', 'r.id')
    .innerJoin('accounts as a', 'a.id', 'p.account_id')
    .where('r.namespace_id', '=', namespaceId)
    .where('r.state', '<>', 'MARKED_FOR_DELETION');
}

/** People with permissions on repositories of an organization who are in none of its teams, by name and repository. */
export async function listCollaborations(
  db: Db,
  organizationId: number,
): Promise<{ readonly account: NamedAccount; readonly repository: string }[]> {
  const rows = await selectDirectGrants(db, organizationId)
    .select(['a.id', 'a.kind', 'a.name', 'a.email', 'r.name as repository'])
    .where('a.kind', '=', 'user')
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('team_members as m')
            .innerJoin('teams as t', 't.id', 'm.team_id')
            .select('t.id')
            .where('t.organization_id', '=', organizationId)
            .whereRef('m.account_id', '=', 'a.id'),
        ),
      ),
    )
    .orderBy('a.name')
    .orderBy('r.name')
    .limit(listLimits.wholeList)
    .execute();
  return rows.map(({ repository, ...account }) => ({ account, repository }));
}

/** What a team or an account may do with one repository, by a permission of its own. */
export interface GrantedRole {
  readonly repository: string;
  readonly visibility: Visibility;
  readonly role: RepositoryRole;
}

/** By repository; only those in the namespace. */
export async function listGrantedRoles(
  db: Db,
  namespaceId: number,
  delegate: { readonly accountId: number } | { readonly teamId: number },
): Promise<GrantedRole[]> {
  const query = db
    .selectFrom('repository_permissions as p')
    .innerJoin('repositories as r', 'r.id', 'p.repository_id')
    .select(['r.name as repository', 'r.visibility', 'p.role'])
    .where('r.namespace_id', '=', namespaceId)
    .where('r.state', '<>', 'MARKED_FOR_DELETION');
  return (
    'teamId' in delegate
      ? query.where('p.team_id', '=', delegate.teamId)
      : query.where('p.account_id', '=', delegate.accountId)
  )
    .orderBy('r.name')
    .limit(listLimits.wholeList)
    .execute();
}

/** The account's own permissions on repositories of the namespace. */
export async function listDirectPermissions(
  db: Db,
  namespaceId: number,
  accountId: number,
): Promise<{ readonly id: number; readonly repositoryId: number; readonly repository: string }[]> {
  return db
    .selectFrom('repository_permissions as p')
    .innerJoin('repositories as r', 'r.id', 'p.repository_id')
    .select(['p.id', 'r.id as repositoryId', 'r.name as repository'])
    .where('r.namespace_id', '=', namespaceId)
    .where('p.account_id', '=', accountId)
    .orderBy('p.id')
    .execute();
}

/** Of an account, on all repositories of the namespace. */
export async function deleteDirectPermissions(db: Db, namespaceId: number, accountId: number): Promise<void> {
  await db
    .deleteFrom('repository_permissions')
    .where('account_id', '=', accountId)
    .where('repository_id', 'in', (eb) =>
      eb.selectFrom('repositories').select('id').where('namespace_id', '=', namespaceId),
    )
    .execute();
}

/** The account's own permissions on repositories anywhere. */
export async function deletePermissionsOf(db: Db, accountId: number): Promise<void> {
  await db.deleteFrom('repository_permissions').where('account_id', '=', accountId).execute();
}
