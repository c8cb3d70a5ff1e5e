import type { Db } from '#/db/database.ts';
import { insertRow } from '#/db/insert-row.ts';
import type { NewRow, RepositoryRole, Row } from '#/db/schema.ts';
import { listLimits } from '#/domain/list-limits.ts';

/** The account behind a token, as the log-in needs it. */
export interface TokenAccount {
  readonly id: number;
  readonly uuid: string;
  readonly name: string;
  readonly kind: 'user' | 'organization' | 'robot';
  readonly enabled: boolean;
  readonly superuser: boolean;
}

const accountColumns = [
  'a.id as accountId',
  'a.uuid as accountUuid',
  'a.name as accountName',
  'a.kind as accountKind',
  'a.enabled as accountEnabled',
  'a.superuser as accountSuperuser',
] as const;

function tokenAccount(row: {
  accountId: number;
  accountUuid: string;
  accountName: string;
  accountKind: TokenAccount['kind'];
  accountEnabled: number;
  accountSuperuser: number;
}): TokenAccount {
  return {
    id: row.accountId,
    uuid: row.accountUuid,
    name: row.accountName,
    kind: row.accountKind,
    enabled: row.accountEnabled === 1,
    superuser: row.accountSuperuser === 1,
  };
}

/** An app-specific token without its secret. */
export interface AppToken {
  readonly uuid: string;
  readonly title: string;
  readonly createdMs: number;
  /** null: never. */
  readonly expiresMs: number | null;
  readonly lastAccessedMs: number | null;
}

export interface AppTokenRow extends AppToken {
  readonly tokenName: string;
  readonly secretEncrypted: string;
}

function appTokenFromRow(row: Row<'app_tokens'>): AppTokenRow {
  return {
    uuid: row.uuid,
    title: row.title,
    createdMs: row.created_ms,
    expiresMs: row.expires_ms,
    lastAccessedMs: row.last_accessed_ms,
    tokenName: row.token_name,
    secretEncrypted: row.secret_encrypted,
  };
}

export async function insertAppToken(db: Db, row: NewRow<'app_tokens'>): Promise<void> {
  await insertRow(db, 'app_tokens', row);
}

export async function findAppTokenByName(
  db: Db,
  tokenName: string,
): Promise<(AppTokenRow & { readonly account: TokenAccount }) | undefined> {
  const row = await db
    .selectFrom('app_tokens')
    .innerJoin('accounts as a', 'a.id', 'app_tokens.account_id')
    .selectAll('app_tokens')
    .select(accountColumns)
    .where('app_tokens.token_name', '=', tokenName)
    .executeTakeFirst();
  return row && { ...appTokenFromRow(row), account: tokenAccount(row) };
}

/** The token with this uuid, if it belongs to the account. */
export async function findAppTokenRow(
  db: Db,
  accountId: number,
  uuid: string,
): Promise<AppTokenRow | undefined> {
  const row = await db
    .selectFrom('app_tokens')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('uuid', '=', uuid)
    .executeTakeFirst();
  return row && appTokenFromRow(row);
}

/** Newest first, expired ones included. */
export async function listAppTokens(db: Db, accountId: number): Promise<AppToken[]> {
  return db
    .selectFrom('app_tokens')
    .select([
      'uuid',
      'title',
      'created_ms as createdMs',
      'expires_ms as expiresMs',
      'last_accessed_ms as lastAccessedMs',
    ])
    .where('account_id', '=', accountId)
    .orderBy('created_ms', 'desc')
    .orderBy('id', 'desc')
    .limit(listLimits.appTokens)
    .execute();
}

export async function deleteAppTokenRow(db: Db, accountId: number, uuid: string): Promise<void> {
  await db.deleteFrom('app_tokens').where('account_id', '=', accountId).where('uuid', '=', uuid).execute();
}

export interface OauthApplicationRow {
  readonly id: number;
  readonly clientId: string;
  readonly ownerId: number;
  readonly name: string;
}

export async function insertOauthApplication(db: Db, row: NewRow<'oauth_applications'>): Promise<number> {
  return insertRow(db, 'oauth_applications', row);
}

export async function insertOauthToken(db: Db, row: NewRow<'oauth_access_tokens'>): Promise<number> {
  return insertRow(db, 'oauth_access_tokens', row);
}

export interface OauthTokenRow {
  readonly uuid: string;
  readonly scope: string;
  readonly tokenHash: string;
  readonly expiresMs: number;
  readonly applicationName: string;
  readonly clientId: string;
  readonly account: TokenAccount;
}

export async function findOauthTokenByName(db: Db, tokenName: string): Promise<OauthTokenRow | undefined> {
  const row = await db
    .selectFrom('oauth_access_tokens as t')
    .innerJoin('oauth_applications as p', 'p.id', 't.application_id')
    .innerJoin('accounts as a', 'a.id', 't.account_id')
    .select([
      't.uuid',
      't.scope',
      't.token_hash as tokenHash',
      't.expires_ms as expiresMs',
      'p.name as applicationName',
      'p.client_id as clientId',
      ...accountColumns,
    ])
    .where('t.token_name', '=', tokenName)
    .executeTakeFirst();
  return (
    row && {
      uuid: row.uuid,
      scope: row.scope,
      tokenHash: row.tokenHash,
      expiresMs: row.expiresMs,
      applicationName: row.applicationName,
      clientId: row.clientId,
      account: tokenAccount(row),
    }
  );
}

/** False when the account has no such token. */
export async function deleteOauthTokenRow(db: Db, accountId: number, uuid: string): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('oauth_access_tokens')
    .where('account_id', '=', accountId)
    .where('uuid', '=', uuid)
    .executeTakeFirstOrThrow();
  return numDeletedRows > 0n;
}

export async function insertAccessToken(db: Db, row: NewRow<'access_tokens'>): Promise<void> {
  await insertRow(db, 'access_tokens', row);
}

export interface AccessTokenRow {
  readonly repositoryId: number;
  readonly tokenName: string;
  readonly friendlyName: string;
  readonly codeEncrypted: string;
  readonly role: RepositoryRole;
}

export async function findAccessToken(db: Db, tokenName: string): Promise<AccessTokenRow | undefined> {
  return db
    .selectFrom('access_tokens')
    .select([
      'repository_id as repositoryId',
      'token_name as tokenName',
      'friendly_name as friendlyName',
      'code_encrypted as codeEncrypted',
      'role',
    ])
    .where('token_name', '=', tokenName)
    .executeTakeFirst();
}

/** False when the repository has no such token. */
export async function deleteAccessTokenRow(
  db: Db,
  repositoryId: number,
  tokenName: string,
): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('access_tokens')
    .where('repository_id', '=', repositoryId)
    .where('token_name', '=', tokenName)
    .executeTakeFirstOrThrow();
  return numDeletedRows > 0n;
}

export interface RobotCredentials {
  readonly account: TokenAccount;
  readonly tokenEncrypted: string;
  readonly ownerId: number | null;
  readonly ownerName: string | null;
  readonly ownerEnabled: boolean;
}

export async function findRobotCredentials(db: Db, name: string): Promise<RobotCredentials | undefined> {
  const row = await db
    .selectFrom('accounts as a')
    .innerJoin('robots', 'robots.account_id', 'a.id')
    .leftJoin('accounts as o', 'o.id', 'a.owner_id')
    .select([
      ...accountColumns,
      'robots.token_encrypted as tokenEncrypted',
      'o.id as ownerId',
      'o.name as ownerName',
      'o.enabled as ownerEnabled',
    ])
    .where('a.name', '=', name)
    .where('a.kind', '=', 'robot')
    .executeTakeFirst();
  return (
    row && {
      account: tokenAccount(row),
      tokenEncrypted: row.tokenEncrypted,
      ownerId: row.ownerId,
      ownerName: row.ownerName,
      ownerEnabled: row.ownerEnabled === 1,
    }
  );
}

/** Moves the last access of tokens, unless it lies after `staleBeforeMs`. */
export async function touchTokens(
  db: Db,
  table: 'app_tokens' | 'oauth_access_tokens',
  uuids: readonly string[],
  times: { readonly nowMs: number; readonly staleBeforeMs: number },
): Promise<void> {
  await db
    .updateTable(table)
    .set({ last_accessed_ms: times.nowMs })
    .where('uuid', 'in', uuids)
    .where((eb) =>
      eb.or([eb('last_accessed_ms', 'is', null), eb('last_accessed_ms', '<=', times.staleBeforeMs)]),
    )
    .execute();
}

/** As findAppTokenByName, for a token that was seen before. */
export async function findAppTokenByUuid(
  db: Db,
  uuid: string,
): Promise<(AppTokenRow & { readonly account: TokenAccount }) | undefined> {
  const row = await db
    .selectFrom('app_tokens')
    .select('token_name as tokenName')
    .where('uuid', '=', uuid)
    .executeTakeFirst();
  return row && findAppTokenByName(db, row.tokenName);
}

/** As findOauthTokenByName, for a token that was seen before. */
export async function findOauthTokenByUuid(db: Db, uuid: string): Promise<OauthTokenRow | undefined> {
  const row = await db
    .selectFrom('oauth_access_tokens')
    .select('token_name as tokenName')
    .where('uuid', '=', uuid)
    .executeTakeFirst();
  return row && findOauthTokenByName(db, row.tokenName);
}
