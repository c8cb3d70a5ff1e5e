import type { Db } from '#/db/database.ts';
import { insertRow } from '#/db/insert-row.ts';
import type { EmailCodesTable, NewRow, Row } from '#/db/schema.ts';

type Kind = EmailCodesTable['kind'];

export async function insertEmailCode(db: Db, row: NewRow<'email_codes'>): Promise<void> {
  await insertRow(db, 'email_codes', row);
}

export async function findEmailCode(db: Db, codeHash: string): Promise<Row<'email_codes'> | undefined> {
  return db.selectFrom('email_codes').selectAll().where('code_hash', '=', codeHash).executeTakeFirst();
}

export async function findLatestEmailCode(
  db: Db,
  accountId: number,
  kind: Kind,
): Promise<Row<'email_codes'> | undefined> {
  return db
    .selectFrom('email_codes')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('kind', '=', kind)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/** False when somebody else used it first. */
export async function deleteEmailCode(db: Db, id: number): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('email_codes')
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  return numDeletedRows > 0n;
}

export async function deleteEmailCodes(db: Db, accountId: number, kind: Kind): Promise<void> {
  await db.deleteFrom('email_codes').where('account_id', '=', accountId).where('kind', '=', kind).execute();
}

export async function deleteAllEmailCodes(db: Db, accountId: number): Promise<void> {
  await db.deleteFrom('email_codes').where('account_id', '=', accountId).execute();
}

export async function deleteOldEmailCodes(db: Db, beforeMs: number): Promise<void> {
  await db.deleteFrom('email_codes').where('created_ms', '<', beforeMs).execute();
}
