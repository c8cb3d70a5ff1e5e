import { randomUUID } from 'node:crypto';
import type { Db } from '#/db/database.ts';
import { type Performer, writeChangeLog } from '#/domain/logs/index.ts';
import type { OauthScope } from '#/domain/permissions/principal.ts';
import type { Services } from '#/domain/services.ts';
import { randomText } from '#/platform/random-text.ts';
import { insertOauthToken, type OauthApplicationRow } from './queries.ts';
import { hashSecret } from './secrets.ts';

export const oauthTokenNameLength = 20;
const secretLength = 20;
/** Ten years. */
export const tokenLifetimeSeconds = 315_576_000;

export interface NewOauthToken {
  readonly application: OauthApplicationRow;
  /** The user who grants it. */
  readonly accountId: number;
  readonly scopes: readonly OauthScope[];
  /** Default: in ten years. */
  readonly expiresMs?: number;
  /** More about it for the log. */
  readonly logged?: Readonly<Record<string, unknown>>;
  readonly performer?: Performer | undefined;
}

export interface CreatedOauthToken {
  readonly id: number;
  readonly uuid: string;
  /** 40 characters, in clear; only its hash is kept. */
  readonly token: string;
  readonly expiresMs: number;
}

/** Grants an application a bearer token that acts as the user, within the scopes. */
export async function createOauthToken(services: Services, input: NewOauthToken): Promise<CreatedOauthToken> {
  return services.database.transaction((db) => storeOauthToken(services, db, input));
}

/** As createOauthToken, inside the caller's transaction. */
export async function storeOauthToken(
  services: Services,
  db: Db,
  input: NewOauthToken,
): Promise<CreatedOauthToken> {
  const { application, scopes } = input;
  const uuid = randomUUID();
  const tokenName = randomText(oauthTokenNameLength);
  const secret = randomText(secretLength);
  const createdMs = services.clock.nowMs();
  const expiresMs = input.expiresMs ?? createdMs + tokenLifetimeSeconds * 1000;
  const id = await insertOauthToken(db, {
    uuid,
    application_id: application.id,
    account_id: input.accountId,
    scope: scopes.join(' '),
    token_name: tokenName,
    token_hash: hashSecret(secret),
    created_ms: createdMs,
    expires_ms: expiresMs,
    last_accessed_ms: null,
  });
  await writeChangeLog(services, db, {
    kind: 'create_oauth_api_token',
    accountId: application.ownerId,
    performer: input.performer,
    metadata: {
      oauth_token_uuid: uuid,
      scope: scopes.join(' '),
      application_name: application.name,
      client_id: application.clientId,
      ...input.logged,
    },
  });
  return { id, uuid, token: tokenName + secret, expiresMs };
}
