import type { Db } from '#/db/database.ts';

/** The shortest time, longer than `afterSeconds`, for which any namespace keeps ended tags. */
export async function findNextWindow(db: Db, afterSeconds: number): Promise<number | undefined> {
  const row = await db
    .selectFrom('accounts')
    .select('tag_expiration_s as seconds')
    .where('tag_expiration_s', '>', afterSeconds)
    .orderBy('tag_expiration_s')
    .limit(1)
    .executeTakeFirst();
  return row?.seconds;
}

/** How long the namespace of a repository keeps ended tags. */
export async function findWindowOfRepository(db: Db, repositoryId: number): Promise<number | undefined> {
  const row = await db
    .selectFrom('repositories')
    .innerJoin('accounts', 'accounts.id', 'repositories.namespace_id')
    .select('accounts.tag_expiration_s as seconds')
    .where('repositories.id', '=', repositoryId)
    .executeTakeFirst();
  return row?.seconds;
}

/** Something that is being deleted, under the name that it had. */
export interface DeletionMarker {
  readonly id: number;
  readonly originalName: string;
}

export async function insertDeletedRepository(
  db: Db,
  marker: { readonly repositoryId: number; readonly originalName: string; readonly nowMs: number },
): Promise<void> {
  await db
    .insertInto('deleted_repositories')
    .values({
      repository_id: marker.repositoryId,
      original_name: marker.originalName,
      marked_ms: marker.nowMs,
    })
    .execute();
}

export async function insertDeletedNamespace(
  db: Db,
  marker: {
    readonly accountId: number;
    readonly originalName: string;
    readonly originalEmail: string | null;
    readonly nowMs: number;
  },
): Promise<void> {
  await db
    .insertInto('deleted_namespaces')
    .values({
      account_id: marker.accountId,
      original_name: marker.originalName,
      original_email: marker.originalEmail,
      marked_ms: marker.nowMs,
    })
    .execute();
}

export async function isNamespaceMarked(db: Db, accountId: number): Promise<boolean> {
  const row = await db
    .selectFrom('deleted_namespaces')
    .select('account_id')
    .where('account_id', '=', accountId)
    .executeTakeFirst();
  return row !== undefined;
}

/** Repositories marked before `beforeMs` whose namespace stays, the oldest first. */
export async function listDeletedRepositories(
  db: Db,
  options: { readonly beforeMs: number; readonly limit: number },
): Promise<(DeletionMarker & { readonly namespace: string })[]> {
  return await db
    .selectFrom('deleted_repositories')
    .innerJoin('repositories', 'repositories.id', 'deleted_repositories.repository_id')
    .innerJoin('accounts', 'accounts.id', 'repositories.namespace_id')
    .leftJoin('deleted_namespaces', 'deleted_namespaces.account_id', 'accounts.id')
    .select([
      'repositories.id',
      'deleted_repositories.original_name as originalName',
      'accounts.name as namespace',
    ])
    .where('deleted_repositories.marked_ms', '<=', options.beforeMs)
    .where('deleted_namespaces.account_id', 'is', null)
    .orderBy('deleted_repositories.marked_ms')
    .limit(options.limit)
    .execute();
}

/** Namespaces marked before `beforeMs`, the oldest first. */
export async function listDeletedNamespaces(
  db: Db,
  options: { readonly beforeMs: number; readonly limit: number },
): Promise<DeletionMarker[]> {
  return await db
    .selectFrom('deleted_namespaces')
    .select(['account_id as id', 'original_name as originalName'])
    .where('marked_ms', '<=', options.beforeMs)
    .orderBy('marked_ms')
    .limit(options.limit)
    .execute();
}
