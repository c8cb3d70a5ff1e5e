import type { Expression, ExpressionBuilder, SqlBool } from 'kysely';
import type { Db } from '#/db/database.ts';
import { insertRow } from '#/db/insert-row.ts';
import type { NewRow, RepositoryState, Schema, Visibility } from '#/db/schema.ts';
import type { RepositoryReference } from './repository-reference.ts';

function selectReferences(db: Db) {
  return db
    .selectFrom('repositories as r')
    .innerJoin('accounts as n', 'n.id', 'r.namespace_id')
    .select([
      'r.id',
      'r.uuid',
      'r.namespace_id as namespaceId',
      'n.name as namespace',
      'r.name',
      'r.visibility',
      'r.kind',
      'r.state',
      'n.enabled as namespaceEnabled',
    ]);
}

function toReference(
  row: Omit<RepositoryReference, 'namespaceEnabled'> & { namespaceEnabled: number },
): RepositoryReference {
  return { ...row, namespaceEnabled: row.namespaceEnabled === 1 };
}

/** The repository of this name, unless it is being deleted. */
export async function findRepository(
  db: Db,
  namespace: string,
  name: string,
): Promise<RepositoryReference | undefined> {
  const row = await selectReferences(db)
    .where('n.name', '=', namespace)
    .where('r.name', '=', name)
    .where('r.state', '<>', 'MARKED_FOR_DELETION')
    .executeTakeFirst();
  return row && toReference(row);
}

/** Unless it is being deleted. */
export async function findRepositoryById(db: Db, id: number): Promise<RepositoryReference | undefined> {
  const row = await selectReferences(db)
    .where('r.id', '=', id)
    .where('r.state', '<>', 'MARKED_FOR_DELETION')
    .executeTakeFirst();
  return row && toReference(row);
}

export async function insertRepository(db: Db, row: NewRow<'repositories'>): Promise<number> {
  return insertRow(db, 'repositories', row);
}

/** False when the repository does not exist or is being deleted. */
export async function updateRepository(
  db: Db,
  id: number,
  values: { visibility?: Visibility; state?: RepositoryState },
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('repositories')
    .set(values)
    .where('id', '=', id)
    .where('state', '<>', 'MARKED_FOR_DELETION')
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

/** Where a page of names starts: behind this repository. */
export interface RepositoryPosition {
  readonly namespace: string;
  readonly name: string;
}

export interface RepositoryPage {
  readonly after?: RepositoryPosition | undefined;
  readonly limit: number;
}

/** A page by (namespace, name) of one namespace or of all; for operators. */
export async function listRepositories(
  db: Db,
  page: RepositoryPage & { readonly namespaceId?: number | undefined },
): Promise<RepositoryReference[]> {
  const { after, namespaceId } = page;
  const rows = await selectReferences(db)
    .where('r.state', '<>', 'MARKED_FOR_DELETION')
    .$if(namespaceId !== undefined, (query) => query.where('r.namespace_id', '=', namespaceId ?? 0))
    .$if(after !== undefined, (query) => query.where((eb) => behind(eb, after)))
    .orderBy('n.name')
    .orderBy('r.name')
    .limit(page.limit)
    .execute();
  return rows.map(toReference);
}

type NamedRepository = ExpressionBuilder<{ n: Schema['accounts']; r: Schema['repositories'] }, 'n' | 'r'>;

function behind(eb: NamedRepository, after: RepositoryPosition | undefined): Expression<SqlBool> {
  if (after === undefined) return eb.lit(true);
  return eb.or([
    eb('n.name', '>', after.namespace),
    eb.and([eb('n.name', '=', after.namespace), eb('r.name', '>', after.name)]),
  ]);
}

/** What the catalogue lists at all: images that exist, in enabled namespaces. */
function selectCatalog(db: Db, page: RepositoryPage) {
  return db
    .selectFrom('accounts as n')
    .innerJoin('repositories as r', 'r.namespace_id', 'n.id')
    .select(['n.name as namespace', 'r.name'])
    .where('n.enabled', '=', 1)
    .where('r.kind', '=', 'image')
    .where('r.state', '<>', 'MARKED_FOR_DELETION')
    .where((eb) => behind(eb, page.after))
    .orderBy('n.name')
    .orderBy('r.name')
    .limit(page.limit);
}

export async function listPublicCatalog(db: Db, page: RepositoryPage): Promise<RepositoryPosition[]> {
  return selectCatalog(db, page).where('r.visibility', '=', 'public').execute();
}

/** Repositories with a permission of the account or one of its teams; a robot's namespace bounds what it sees. */
export async function listGrantedCatalog(
  db: Db,
  actor: { readonly id: number; readonly onlyNamespaceId: number | undefined },
  page: RepositoryPage,
): Promise<RepositoryPosition[]> {
  return selectCatalog(db, page)
    .$if(actor.onlyNamespaceId !== undefined, (query) => query.where('n.id', '=', actor.onlyNamespaceId ?? 0))
    .where((eb) =>
      eb(
        'r.id',
        'in',
        eb
          .selectFrom('repository_permissions as p')
          .select('p.repository_id')
          .where('p.account_id', '=', actor.id)
          .unionAll(
            eb
              .selectFrom('team_members as m')
              .innerJoin('repository_permissions as p', 'p.team_id', 'm.team_id')
              .select('p.repository_id')
              .where('m.account_id', '=', actor.id),
          ),
      ),
    )
    .execute();
}

/** Repositories of one namespace. */
export async function listNamespaceCatalog(
  db: Db,
  namespaceId: number,
  page: RepositoryPage,
): Promise<RepositoryPosition[]> {
  return selectCatalog(db, page).where('n.id', '=', namespaceId).execute();
}

/** The enabled namespaces of which the account reads everything (its own, and organizations it administers), from `from` on, by name. */
export async function listAdministeredNamespaces(
  db: Db,
  actor: { readonly id: number; readonly onlyNamespaceId: number | undefined },
  from: string,
): Promise<{ id: number; name: string }[]> {
  return db
    .selectFrom('accounts as n')
    .select(['n.id', 'n.name'])
    .where((eb) =>
      eb.or([
        eb('n.id', '=', actor.id),
        eb(
          'n.id',
          'in',
          eb
            .selectFrom('team_members as m')
            .innerJoin('teams as t', 't.id', 'm.team_id')
            .select('t.organization_id')
            .where('m.account_id', '=', actor.id)
            .where('t.role', '=', 'admin'),
        ),
      ]),
    )
    .$if(actor.onlyNamespaceId !== undefined, (query) => query.where('n.id', '=', actor.onlyNamespaceId ?? 0))
    .where('n.enabled', '=', 1)
    .where('n.name', '>=', from)
    .where((eb) =>
      eb.exists(eb.selectFrom('repositories as r').select('r.id').whereRef('r.namespace_id', '=', 'n.id')),
    )
    .orderBy('n.name')
    .execute();
}

export interface CatalogActor {
  /** Enabled, and so is the owner of a robot. */
  readonly active: boolean;
  readonly ownerId: number | null;
}

export async function findCatalogActor(db: Db, accountId: number): Promise<CatalogActor | undefined> {
  const row = await db
    .selectFrom('accounts as a')
    .leftJoin('accounts as o', 'o.id', 'a.owner_id')
    .select(['a.enabled', 'a.owner_id as ownerId', 'o.enabled as ownerEnabled'])
    .where('a.id', '=', accountId)
    .executeTakeFirst();
  return (
    row && {
      active: row.enabled === 1 && (row.ownerId === null || row.ownerEnabled === 1),
      ownerId: row.ownerId,
    }
  );
}

/** How many repositories exist, without those that are being deleted. */
export async function countRepositories(db: Db): Promise<number> {
  const { count } = await db
    .selectFrom('repositories')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('state', '<>', 'MARKED_FOR_DELETION')
    .executeTakeFirstOrThrow();
  return Number(count);
}
