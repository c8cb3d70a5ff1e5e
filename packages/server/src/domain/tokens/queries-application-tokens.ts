import type { Db } from '#/db/database.ts';
import type { NewRow } from '#/db/schema.ts';

/** A live bearer token of an application, without its secret. */
export interface ApplicationToken {
  readonly id: number;
  readonly uuid: string;
  /** Title that an administrator gave it; null for one that a person granted. */
  readonly title: string | null;
  readonly scope: string;
  readonly createdMs: number;
  readonly expiresMs: number;
  readonly lastAccessedMs: number | null;
  /** The person as whom it acts. */
  readonly accountName: string;
}

/** Newest first, below the id `before`; expired ones are left out. */
export async function listApplicationTokens(
  db: Db,
  applicationId: number,
  page: { readonly nowMs: number; readonly before: number | undefined; readonly limit: number },
): Promise<ApplicationToken[]> {
  return db
    .selectFrom('oauth_access_tokens as t')
    .innerJoin('accounts as a', 'a.id', 't.account_id')
    .leftJoin('oauth_token_details as d', 'd.token_id', 't.id')
    .select([
      't.id',
      't.uuid',
      'd.title',
      't.scope',
      't.created_ms as createdMs',
      't.expires_ms as expiresMs',
      't.last_accessed_ms as lastAccessedMs',
      'a.name as accountName',
    ])
    .where('t.application_id', '=', applicationId)
    .where('t.expires_ms', '>', page.nowMs)
    .$if(page.before !== undefined, (query) => query.where('t.id', '<', page.before ?? 0))
    .orderBy('t.id', 'desc')
    .limit(page.limit)
    .execute();
}

export async function countApplicationTokens(db: Db, applicationId: number, nowMs: number): Promise<number> {
  const row = await db
    .selectFrom('oauth_access_tokens')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('application_id', '=', applicationId)
    .where('expires_ms', '>', nowMs)
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

export async function insertTokenDetails(db: Db, row: NewRow<'oauth_token_details'>): Promise<void> {
  await db.insertInto('oauth_token_details').values(row).execute();
}

/** False when the application has no such token. */
export async function deleteApplicationTokenRow(
  db: Db,
  applicationId: number,
  uuid: string,
): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('oauth_access_tokens')
    .where('application_id', '=', applicationId)
    .where('uuid', '=', uuid)
    .executeTakeFirstOrThrow();
  return numDeletedRows > 0n;
}
