import type { Db } from '#/db/database.ts';
import type { AppToken } from './queries.ts';

/** The app-specific tokens of everybody who is not being deleted, newest first; only those that end by `expiresByMs` if it is given. */
export async function listAllAppTokens(db: Db, expiresByMs: number | undefined): Promise<AppToken[]> {
  return db
    .selectFrom('app_tokens')
    .leftJoin('deleted_namespaces', 'deleted_namespaces.account_id', 'app_tokens.account_id')
    .select([
      'app_tokens.uuid',
      'app_tokens.title',
      'app_tokens.created_ms as createdMs',
      'app_tokens.expires_ms as expiresMs',
      'app_tokens.last_accessed_ms as lastAccessedMs',
    ])
    .where('deleted_namespaces.account_id', 'is', null)
    .$if(expiresByMs !== undefined, (query) => query.where('app_tokens.expires_ms', '<=', expiresByMs ?? 0))
    .orderBy('app_tokens.id', 'desc')
    .execute();
}
