import type { Db } from '#/db/database.ts';

export async function deleteAppTokensExpiredBefore(db: Db, beforeMs: number): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('app_tokens')
    .where('expires_ms', '<', beforeMs)
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}
