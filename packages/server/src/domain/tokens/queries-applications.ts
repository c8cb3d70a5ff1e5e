import type { Db } from '#/db/database.ts';
import { lockRow } from '#/db/lock-row.ts';
import type { NewRow } from '#/db/schema.ts';
import { listLimits } from '#/domain/list-limits.ts';
import type { OauthApplicationRow } from './queries.ts';

/** An OAuth application with everything that its owner's administrators see, but the secret encrypted. */
export interface StoredApplication extends OauthApplicationRow {
  readonly redirectUri: string;
  readonly applicationUri: string;
  readonly description: string;
  readonly avatarEmail: string | null;
  readonly clientSecretEncrypted: string;
}

function selectApplications(db: Db) {
  return db
    .selectFrom('oauth_applications')
    .select([
      'id',
      'client_id as clientId',
      'owner_id as ownerId',
      'name',
      'redirect_uri as redirectUri',
      'application_uri as applicationUri',
      'description',
      'avatar_email as avatarEmail',
      'client_secret_encrypted as clientSecretEncrypted',
    ]);
}

/** In the order in which they were made. */
export async function listApplicationRows(db: Db, ownerId: number): Promise<StoredApplication[]> {
  return selectApplications(db)
    .where('owner_id', '=', ownerId)
    .orderBy('id')
    .limit(listLimits.applications)
    .execute();
}

export async function countApplications(db: Db, ownerId: number): Promise<number> {
  const { count } = await db
    .selectFrom('oauth_applications')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('owner_id', '=', ownerId)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** The application with this client id, if it belongs to the owner. */
export async function findApplicationRow(
  db: Db,
  ownerId: number,
  clientId: string,
): Promise<StoredApplication | undefined> {
  return selectApplications(db)
    .where('owner_id', '=', ownerId)
    .where('client_id', '=', clientId)
    .executeTakeFirst();
}

/** What anybody may know of the application with this client id. */
export async function findApplicationByClientId(
  db: Db,
  clientId: string,
): Promise<Omit<StoredApplication, 'clientSecretEncrypted'> | undefined> {
  const row = await selectApplications(db).where('client_id', '=', clientId).executeTakeFirst();
  if (row === undefined) return undefined;
  const { clientSecretEncrypted: _, ...application } = row;
  return application;
}

export async function updateApplicationRow(
  db: Db,
  id: number,
  values: Partial<NewRow<'oauth_applications'>>,
): Promise<void> {
  await db.updateTable('oauth_applications').set(values).where('id', '=', id).execute();
}

/** Its codes and tokens go with it (foreign keys). */
export async function deleteApplicationRow(db: Db, id: number): Promise<void> {
  await db.deleteFrom('oauth_applications').where('id', '=', id).execute();
}

/** Lets one transaction at a time make tokens of an application. */
export async function lockApplicationRow(db: Db, id: number): Promise<void> {
  await lockRow(db, db.selectFrom('oauth_applications').select('id').where('id', '=', id)).executeTakeFirst();
}
