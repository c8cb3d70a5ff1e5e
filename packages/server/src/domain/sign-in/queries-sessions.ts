import type { Db } from '#/db/database.ts';
import { insertRow } from '#/db/insert-row.ts';
import type { NewRow, Row } from '#/db/schema.ts';

export async function insertSession(db: Db, row: NewRow<'sessions'>): Promise<number> {
  return insertRow(db, 'sessions', row);
}

export async function findSessionRow(db: Db, uuid: string): Promise<Row<'sessions'> | undefined> {
  return db.selectFrom('sessions').selectAll().where('uuid', '=', uuid).executeTakeFirst();
}

/** The sessions of one account that have not expired, newest first; `limit` bounds what a page shows. */
export async function listSessionRows(
  db: Db,
  accountId: number,
  nowMs: number,
  limit: number,
): Promise<Row<'sessions'>[]> {
  return db
    .selectFrom('sessions')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('expires_ms', '>', nowMs)
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
}

export async function updateSession(
  db: Db,
  id: number,
  values: { readonly login_ms?: number; readonly last_used_ms?: number; readonly expires_ms?: number },
): Promise<void> {
  await db.updateTable('sessions').set(values).where('id', '=', id).execute();
}

/** Of that account only; false when it has none such. */
export async function deleteSessionRow(db: Db, accountId: number, uuid: string): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('sessions')
    .where('account_id', '=', accountId)
    .where('uuid', '=', uuid)
    .executeTakeFirstOrThrow();
  return numDeletedRows > 0n;
}

export async function deleteAccountSessions(db: Db, accountId: number): Promise<void> {
  await db.deleteFrom('sessions').where('account_id', '=', accountId).execute();
}

/** At most `limit` that expired before; returns how many went. */
export async function deleteExpiredSessions(db: Db, nowMs: number, limit: number): Promise<number> {
  const rows = await db
    .selectFrom('sessions')
    .select('id')
    .where('expires_ms', '<=', nowMs)
    .orderBy('expires_ms')
    .limit(limit)
    .execute();
  if (rows.length === 0) return 0;
  await db
    .deleteFrom('sessions')
    .where(
      'id',
      'in',
      rows.map(({ id }) => id),
    )
    .execute();
  return rows.length;
}
