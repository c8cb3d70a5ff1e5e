import type { Db } from '#/db/database.ts';
import type { AppToken } from './queries.ts';

/** Expired ones included. */
export async function countAppTokens(db: Db, accountId: number): Promise<number> {
  const { count } = await db
    .selectFrom('app_tokens')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('account_id', '=', accountId)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/**
 * The app-specific tokens of everybody who is not being deleted, newest first, below the id `before`; only those that end by `expiresByMs` if
 * it is given.
 */
export async function listAllAppTokens(
  db: Db,
  page: {
    readonly expiresByMs: number | undefined;
    readonly before: number | undefined;
    readonly limit: number;
  },
): Promise<(AppToken & { readonly id: number })[]> {
  const { expiresByMs, before } = page;
  return db
    .selectFrom('app_tokens')
    .leftJoin('deleted_namespaces', 'deleted_namespaces.account_id', 'app_tokens.account_id')
    .select([
      'app_tokens.id',
      'app_tokens.uuid',
      'app_tokens.title',
      'app_tokens.created_ms as createdMs',
      'app_tokens.expires_ms as expiresMs',
      'app_tokens.last_accessed_ms as lastAccessedMs',
    ])
    .where('deleted_namespaces.account_id', 'is', null)
    .$if(expiresByMs !== undefined, (query) => query.where('app_tokens.expires_ms', '<=', expiresByMs ?? 0))
    .$if(before !== undefined, (query) => query.where('app_tokens.id', '<', before ?? 0))
    .orderBy('app_tokens.id', 'desc')
    .limit(page.limit)
    .execute();
}
