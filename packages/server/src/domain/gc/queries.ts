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
