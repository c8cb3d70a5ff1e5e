import type { Db } from '#/db/database.ts';
import { performerOf } from '#/domain/logs/index.ts';
import type { OauthScope } from '#/domain/permissions/principal.ts';
import type { Services } from '#/domain/services.ts';
import { type CreatedOauthToken, storeOauthToken } from './create-oauth-token.ts';
import { codeNameLength } from './grant-authorization.ts';
import { findOauthScopes } from './oauth-scopes.ts';
import type { OauthApplicationRow } from './queries.ts';
import {
  deleteAuthorizationCode,
  findAuthorizationCode,
  findOauthClient,
} from './queries-authorization-codes.ts';
import { equalSecrets, verifySecret } from './secrets.ts';

/** How long an application has to exchange a code. */
export const codeLifeSeconds = 300;

interface Redemption {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly code: string;
  readonly redirectUri: string;
  /** Absent: the scopes that were approved. */
  readonly scopes?: readonly OauthScope[] | undefined;
  readonly ip: string | null;
}

/** Errors of RFC 6749 section 5.2. */
export type RedemptionFailure = 'invalid_client' | 'invalid_grant' | 'invalid_scope';

type Redeemed = CreatedOauthToken | { readonly failure: RedemptionFailure };

/**
 * The token for a code (RFC 6749 section 4.1.3). A code that its own client presents is used up, whether or not the rest is right; what another
 * client presents stays as it is.
 */
export async function redeemAuthorizationCode(services: Services, input: Redemption): Promise<Redeemed> {
  const client = await findOauthClient(services.database.read, input.clientId);
  const secret = client === undefined ? '' : services.secretBox.decrypt(client.clientSecretEncrypted);
  const proved = secret !== '' && equalSecrets(input.clientSecret, secret);
  if (client === undefined || !proved || !client.ownerEnabled) return { failure: 'invalid_client' };
  // A hash of an imported database may be slow: that is no work for inside a transaction.
  const code = await findAuthorizationCode(
    services.database.read,
    client.id,
    input.code.slice(0, codeNameLength),
  );
  const isRight =
    code !== undefined &&
    (await verifySecret(services.passwordHasher, input.code.slice(codeNameLength), code.codeHash));
  if (!isRight) return { failure: 'invalid_grant' };
  return services.database.transaction(async (db) => {
    if (!(await deleteAuthorizationCode(db, code.id))) return { failure: 'invalid_grant' };
    return exchange(services, db, client, code, input);
  });
}

async function exchange(
  services: Services,
  db: Db,
  application: OauthApplicationRow,
  code: NonNullable<Awaited<ReturnType<typeof findAuthorizationCode>>>,
  input: Redemption,
): Promise<Redeemed> {
  const ageMs = services.clock.nowMs() - code.createdMs;
  const scopes = findOauthScopes(code.scope);
  const { account } = code;
  if (
    ageMs > codeLifeSeconds * 1000 ||
    code.redirectUri !== input.redirectUri ||
    !account.mayGrant ||
    scopes === undefined
  ) {
    return { failure: 'invalid_grant' };
  }
  if (input.scopes !== undefined && !sameScopes(input.scopes, scopes)) return { failure: 'invalid_scope' };
  const principal = { kind: 'user', account, superuser: false } as const;
  return storeOauthToken(services, db, {
    application,
    accountId: account.id,
    scopes,
    performer: performerOf(principal, input.ip),
  });
}

function sameScopes(a: readonly OauthScope[], b: readonly OauthScope[]): boolean {
  return a.length === b.length && a.every((scope) => b.includes(scope));
}
