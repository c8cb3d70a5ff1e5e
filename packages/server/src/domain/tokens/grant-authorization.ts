import type { Db } from '#/db/database.ts';
import { DomainError } from '#/domain/errors.ts';
import type { Performer } from '#/domain/logs/index.ts';
import type { OauthScope } from '#/domain/permissions/principal.ts';
import type { Services } from '#/domain/services.ts';
import { randomText } from '#/platform/random-text.ts';
import { storeOauthToken, tokenLifetimeSeconds } from './create-oauth-token.ts';
import type { OauthApplicationRow } from './queries.ts';
import { deleteAssignment } from './queries-assignments.ts';
import { insertAuthorizationCode } from './queries-authorization-codes.ts';
import { hashSecret } from './secrets.ts';

/** What an application asks for: a code to exchange (RFC 6749 section 4.1) or the token itself (4.2). */
export type ResponseType = 'code' | 'token';

/** Characters of the half of a code that finds it; the other half, as long, proves it. */
export const codeNameLength = 20;
const codeSecretLength = 20;

export interface Approval {
  readonly application: OauthApplicationRow;
  /** The person who approves. */
  readonly accountId: number;
  readonly scopes: readonly OauthScope[];
  readonly responseType: ResponseType;
  /** Where the answer goes; a code is bound to it. */
  readonly redirectUri: string;
  /** Of a code: BASE64URL(SHA256(verifier)), whose verifier its exchange must bring (RFC 7636). */
  readonly challenge?: string | undefined;
  readonly performer: Performer;
  /** The offer that is used up by it, with what takes back its announcement. */
  readonly assignment?:
    | { readonly uuid: string; readonly retract: (db: Db, uuid: string) => Promise<void> }
    | undefined;
}

export type Grant =
  | { readonly kind: 'code'; readonly code: string }
  | { readonly kind: 'token'; readonly token: string; readonly expiresInSeconds: number };

/** Lets an application act as the person within the scopes. Throws DomainError `not_found` when the offer was used up meanwhile. */
export async function grantAuthorization(services: Services, input: Approval): Promise<Grant> {
  const { application, accountId, scopes, assignment } = input;
  return services.database.transaction(async (db) => {
    if (assignment !== undefined) {
      if (!(await deleteAssignment(db, accountId, assignment.uuid))) {
        throw new DomainError('not_found', 'This authorization was used already; ask for a new one.');
      }
      await assignment.retract(db, assignment.uuid);
    }
    if (input.responseType === 'token') {
      const { token } = await storeOauthToken(services, db, {
        application,
        accountId,
        scopes,
        performer: input.performer,
      });
      return { kind: 'token', token, expiresInSeconds: tokenLifetimeSeconds };
    }
    const name = randomText(codeNameLength);
    const secret = randomText(codeSecretLength);
    const code = {
      application_id: application.id,
      account_id: accountId,
      code_name: name,
      code_hash: hashSecret(secret),
      redirect_uri: input.redirectUri,
      scope: scopes.join(' '),
      created_ms: services.clock.nowMs(),
    };
    await insertAuthorizationCode(db, code, input.challenge);
    return { kind: 'code', code: name + secret };
  });
}
