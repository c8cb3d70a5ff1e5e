import type { Db } from '#/db/database.ts';
import { insertRow } from '#/db/insert-row.ts';
import { lockRow } from '#/db/lock-row.ts';
import type { NewRow } from '#/db/schema.ts';
import type { OauthApplicationRow } from './queries.ts';

/** An application as its own client must prove to be it. */
export interface OauthClientRow extends OauthApplicationRow {
  readonly clientSecretEncrypted: string;
  readonly ownerEnabled: boolean;
}

export async function findOauthClient(db: Db, clientId: string): Promise<OauthClientRow | undefined> {
  const row = await db
    .selectFrom('oauth_applications as p')
    .innerJoin('accounts as o', 'o.id', 'p.owner_id')
    .select([
      'p.id',
      'p.client_id as clientId',
      'p.owner_id as ownerId',
      'p.name',
      'p.client_secret_encrypted as clientSecretEncrypted',
      'o.enabled as ownerEnabled',
    ])
    .where('p.client_id', '=', clientId)
    .executeTakeFirst();
  return row && { ...row, ownerEnabled: row.ownerEnabled === 1 };
}

export async function insertAuthorizationCode(
  db: Db,
  row: NewRow<'oauth_authorization_codes'>,
  challenge: string | undefined,
): Promise<void> {
  const id = await insertRow(db, 'oauth_authorization_codes', row);
  await db
    .insertInto('oauth_code_details')
    .values({ code_id: id, challenge: challenge ?? null, used_ms: null, token_uuid: null })
    .execute();
}

export interface AuthorizationCodeRow {
  readonly id: number;
  readonly codeHash: string;
  readonly redirectUri: string;
  readonly scope: string;
  readonly createdMs: number;
  readonly challenge: string | undefined;
  readonly account: {
    readonly id: number;
    readonly uuid: string;
    readonly name: string;
    readonly mayGrant: boolean;
  };
}

/** The code of this name, if it was made for the application. */
export async function findAuthorizationCode(
  db: Db,
  applicationId: number,
  codeName: string,
): Promise<AuthorizationCodeRow | undefined> {
  const row = await db
    .selectFrom('oauth_authorization_codes as c')
    .innerJoin('accounts as a', 'a.id', 'c.account_id')
    .innerJoin('oauth_code_details as d', 'd.code_id', 'c.id')
    .select([
      'c.id',
      'd.challenge',
      'c.code_hash as codeHash',
      'c.redirect_uri as redirectUri',
      'c.scope',
      'c.created_ms as createdMs',
      'a.id as accountId',
      'a.uuid as accountUuid',
      'a.name as accountName',
      'a.kind as accountKind',
      'a.enabled as accountEnabled',
    ])
    .where('c.application_id', '=', applicationId)
    .where('c.code_name', '=', codeName)
    .executeTakeFirst();
  return (
    row && {
      id: row.id,
      codeHash: row.codeHash,
      redirectUri: row.redirectUri,
      scope: row.scope,
      createdMs: row.createdMs,
      challenge: row.challenge ?? undefined,
      account: {
        id: row.accountId,
        uuid: row.accountUuid,
        name: row.accountName,
        mayGrant: row.accountKind === 'user' && row.accountEnabled === 1,
      },
    }
  );
}

/** False when the code was used before. */
export async function useAuthorizationCode(db: Db, id: number, usedMs: number): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('oauth_code_details')
    .set({ used_ms: usedMs })
    .where('code_id', '=', id)
    .where('used_ms', 'is', null)
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

export async function noteTokenOfCode(db: Db, id: number, tokenUuid: string): Promise<void> {
  await db
    .updateTable('oauth_code_details')
    .set({ token_uuid: tokenUuid })
    .where('code_id', '=', id)
    .execute();
}

/** The uuid of the token that a used code became, whether or not that token still exists. */
export async function findTokenOfCode(db: Db, id: number): Promise<string | undefined> {
  const query = db.selectFrom('oauth_code_details').select('token_uuid').where('code_id', '=', id);
  const row = await lockRow(db, query).executeTakeFirst();
  return row?.token_uuid ?? undefined;
}

/** Removes at most `limit` codes made before, those that became a token only when made before `usedBeforeMs`; returns how many went. */
export async function deleteCodesBefore(
  db: Db,
  input: { readonly beforeMs: number; readonly usedBeforeMs: number; readonly limit: number },
): Promise<number> {
  const rows = await db
    .selectFrom('oauth_authorization_codes as c')
    .leftJoin('oauth_code_details as d', 'd.code_id', 'c.id')
    .select('c.id')
    .where('c.created_ms', '<', input.beforeMs)
    .where((eb) => eb.or([eb('d.token_uuid', 'is', null), eb('c.created_ms', '<', input.usedBeforeMs)]))
    .orderBy('c.created_ms')
    .limit(input.limit)
    .execute();
  if (rows.length === 0) return 0;
  const ids = rows.map(({ id }) => id);
  await db.deleteFrom('oauth_authorization_codes').where('id', 'in', ids).execute();
  return rows.length;
}

/** Removes at most `limit` bearer tokens that expired before; returns how many went. */
export async function deleteOauthTokensExpiredBefore(
  db: Db,
  beforeMs: number,
  limit: number,
): Promise<number> {
  const rows = await db
    .selectFrom('oauth_access_tokens')
    .select('id')
    .where('expires_ms', '<', beforeMs)
    .orderBy('expires_ms')
    .limit(limit)
    .execute();
  if (rows.length === 0) return 0;
  const ids = rows.map(({ id }) => id);
  await db.deleteFrom('oauth_access_tokens').where('id', 'in', ids).execute();
  return rows.length;
}

/** Scopes of the tokens in force that a person granted an application; those that administrators made are left out. At most `limit`. */
export async function listGrantedScopeTexts(
  db: Db,
  input: {
    readonly applicationId: number;
    readonly accountId: number;
    readonly nowMs: number;
    readonly limit: number;
  },
): Promise<string[]> {
  const rows = await db
    .selectFrom('oauth_access_tokens as t')
    .leftJoin('oauth_token_details as d', 'd.token_id', 't.id')
    .select('t.scope')
    .where('t.account_id', '=', input.accountId)
    .where('t.application_id', '=', input.applicationId)
    .where('t.expires_ms', '>', input.nowMs)
    .where('d.token_id', 'is', null)
    .orderBy('t.id', 'desc')
    .limit(input.limit)
    .execute();
  return rows.map(({ scope }) => scope);
}
