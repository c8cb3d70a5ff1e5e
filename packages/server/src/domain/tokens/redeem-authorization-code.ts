import { createHash } from 'node:crypto';
import type { Db } from '#/db/database.ts';
import { performerOf, writeChangeLog } from '#/domain/logs/index.ts';
import type { OauthScope } from '#/domain/permissions/principal.ts';
import type { Services } from '#/domain/services.ts';
import { type CreatedOauthToken, storeOauthToken } from './create-oauth-token.ts';
import { codeNameLength } from './grant-authorization.ts';
import { findOauthScopes } from './oauth-scopes.ts';
import { deleteOauthTokenRow, type OauthApplicationRow } from './queries.ts';
import {
  type AuthorizationCodeRow,
  findAuthorizationCode,
  findOauthClient,
  findTokenOfCode,
  noteTokenOfCode,
  useAuthorizationCode,
} from './queries-authorization-codes.ts';
import { equalSecrets, verifySecret } from './secrets.ts';

/** How long an application has to exchange a code. */
export const codeLifeSeconds = 300;

interface Redemption {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly code: string;
  readonly redirectUri: string;
  /** What was hashed for the challenge of the code (RFC 7636). */
  readonly verifier?: string | undefined;
  /** Absent: the scopes that were approved. */
  readonly scopes?: readonly OauthScope[] | undefined;
  readonly ip: string | null;
}

/** Errors of RFC 6749 section 5.2. */
export type RedemptionFailure = 'invalid_client' | 'invalid_grant' | 'invalid_scope';

type Redeemed = CreatedOauthToken | { readonly failure: RedemptionFailure };

/** RFC 7636 section 4.1. */
const verifierForm = /^[A-Za-z0-9\-._~]{43,128}$/;

/**
 * The token for a code (RFC 6749 section 4.1.3). A code that its own client presents is used up, whether or not the rest is right, and a
 * second time ends the token that it became: somebody else may have got it (section 4.1.2). What another client presents stays as it is.
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
  const redeemed = await services.database.transaction(async (db) => {
    const isFirst = await useAuthorizationCode(db, code.id, services.clock.nowMs());
    return isFirst ? exchange(services, db, client, code, input) : revoke(services, db, client, code, input);
  });
  if (redeemed !== 'revoked') return redeemed;
  services.events.publish({ kind: 'authority-changed' });
  return { failure: 'invalid_grant' };
}

async function exchange(
  services: Services,
  db: Db,
  application: OauthApplicationRow,
  code: AuthorizationCodeRow,
  input: Redemption,
): Promise<Redeemed> {
  const ageMs = services.clock.nowMs() - code.createdMs;
  const scopes = findOauthScopes(code.scope);
  const { account } = code;
  if (
    ageMs > codeLifeSeconds * 1000 ||
    code.redirectUri !== input.redirectUri ||
    !isVerified(code.challenge, input.verifier) ||
    !account.mayGrant ||
    scopes === undefined
  ) {
    return { failure: 'invalid_grant' };
  }
  if (input.scopes !== undefined && !sameScopes(input.scopes, scopes)) return { failure: 'invalid_scope' };
  const principal = { kind: 'user', account, superuser: false } as const;
  const token = await storeOauthToken(services, db, {
    application,
    accountId: account.id,
    scopes,
    performer: performerOf(principal, input.ip),
  });
  await noteTokenOfCode(db, code.id, token.uuid);
  return token;
}

/** A verifier where there was no challenge is refused too: somebody took the challenge away on its way here (RFC 9700 section 4.8.2). */
function isVerified(challenge: string | undefined, verifier: string | undefined): boolean {
  if (challenge === undefined || verifier === undefined) return challenge === verifier;
  return verifierForm.test(verifier) && equalSecrets(challengeOf(verifier), challenge);
}

function challengeOf(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url');
}

/** Nobody can tell which of the two that presented the code is the application. */
async function revoke(
  services: Services,
  db: Db,
  application: OauthApplicationRow,
  { id, account }: AuthorizationCodeRow,
  { ip }: Redemption,
): Promise<'revoked' | { readonly failure: RedemptionFailure }> {
  const uuid = await findTokenOfCode(db, id);
  if (uuid === undefined || !(await deleteOauthTokenRow(db, account.id, uuid))) {
    return { failure: 'invalid_grant' };
  }
  await writeChangeLog(services, db, {
    kind: 'revoke_oauth_api_token',
    accountId: application.ownerId,
    performer: performerOf({ kind: 'user', account, superuser: false }, ip),
    metadata: {
      oauth_token_uuid: uuid,
      application_name: application.name,
      client_id: application.clientId,
      reason: 'authorization_code_reused',
    },
  });
  return 'revoked';
}

function sameScopes(a: readonly OauthScope[], b: readonly OauthScope[]): boolean {
  return a.length === b.length && a.every((scope) => b.includes(scope));
}
