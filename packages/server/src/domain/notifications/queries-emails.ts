import type { Db } from '#/db/database.ts';
import { insertIgnore } from '#/db/insert-ignore.ts';

/** An address that mails about a repository may go to, once its reader agreed. */
export interface AuthorizedEmail {
  readonly email: string;
  readonly code: string;
  readonly confirmed: boolean;
  /** When the last mail with a link went out. */
  readonly askedMs: number;
}

export async function findAuthorizedEmail(
  db: Db,
  repositoryId: number,
  email: string,
): Promise<AuthorizedEmail | undefined> {
  const row = await db
    .selectFrom('authorized_emails')
    .select(['email', 'code', 'confirmed', 'created_ms'])
    .where('repository_id', '=', repositoryId)
    .where('email', '=', email)
    .executeTakeFirst();
  return row && { email: row.email, code: row.code, confirmed: row.confirmed === 1, askedMs: row.created_ms };
}

export async function isAuthorized(db: Db, repositoryId: number, email: string): Promise<boolean> {
  return (await findAuthorizedEmail(db, repositoryId, email))?.confirmed === true;
}

/** Adds an unconfirmed address unless it is there. */
export async function insertAuthorizedEmail(
  db: Db,
  row: {
    readonly repositoryId: number;
    readonly email: string;
    readonly code: string;
    readonly nowMs: number;
  },
): Promise<boolean> {
  return insertIgnore(db, 'authorized_emails', {
    repository_id: row.repositoryId,
    email: row.email,
    code: row.code,
    confirmed: 0,
    created_ms: row.nowMs,
  });
}

/** Records that an address is asked now; false when it was asked after `beforeMs`, or answered. */
export async function storeAsked(
  db: Db,
  asked: { readonly code: string; readonly nowMs: number; readonly beforeMs: number },
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('authorized_emails')
    .set({ created_ms: asked.nowMs })
    .where('code', '=', asked.code)
    .where('confirmed', '=', 0)
    .where('created_ms', '<=', asked.beforeMs)
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

/** Confirms the address of a code and returns what it is for; undefined for an unknown code. */
export async function confirmCode(
  db: Db,
  code: string,
): Promise<{ readonly email: string; readonly namespace: string; readonly name: string } | undefined> {
  await db.updateTable('authorized_emails').set({ confirmed: 1 }).where('code', '=', code).execute();
  return db
    .selectFrom('authorized_emails as e')
    .innerJoin('repositories as r', 'r.id', 'e.repository_id')
    .innerJoin('accounts as a', 'a.id', 'r.namespace_id')
    .select(['e.email', 'a.name as namespace', 'r.name'])
    .where('e.code', '=', code)
    .executeTakeFirst();
}
