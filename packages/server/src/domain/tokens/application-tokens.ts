import { DomainError } from '#/domain/errors.ts';
import { type Performer, writeChangeLog } from '#/domain/logs/index.ts';
import type { OauthScope } from '#/domain/permissions/principal.ts';
import type { Services } from '#/domain/services.ts';
import { type CreatedOauthToken, storeOauthToken, tokenLifetimeSeconds } from './create-oauth-token.ts';
import { getApplicationRow } from './oauth-application.ts';
import type { OauthApplicationRow } from './queries.ts';
import {
  countApplicationTokens,
  deleteApplicationTokenRow,
  insertTokenDetails,
} from './queries-application-tokens.ts';
import { lockApplicationRow } from './queries-applications.ts';

interface NewApplicationToken {
  readonly application: OauthApplicationRow;
  /** The administrator who makes it, and as whom it acts. */
  readonly accountId: number;
  /** Surrounding whitespace goes. */
  readonly title: string;
  readonly scopes: readonly OauthScope[];
  /** Seconds, at most ten years; absent: ten years. */
  readonly lifeSeconds?: number | undefined;
  /** `OAUTH_APPLICATION_MAXIMUM_TOKEN_COUNT` */
  readonly maximumCount: number | undefined;
  /** How the maker was authenticated. */
  readonly authMethod: string;
  readonly performer?: Performer | undefined;
}

/**
 * Gives an application a bearer token with a title, which acts as the administrator who makes it. Throws DomainError `invalid_request` (title,
 * life, too many live tokens).
 */
export async function createApplicationToken(
  services: Services,
  input: NewApplicationToken,
): Promise<CreatedOauthToken & { readonly title: string; readonly createdMs: number }> {
  const { application, maximumCount } = input;
  const title = input.title.trim();
  if (title === '' || title.length > 255) {
    throw new DomainError('invalid_request', 'The name must have 1 to 255 characters.');
  }
  const lifeSeconds = input.lifeSeconds ?? tokenLifetimeSeconds;
  if (!Number.isInteger(lifeSeconds) || lifeSeconds < 1) {
    throw new DomainError('invalid_request', 'The expiration must be a whole number of seconds, at least 1.');
  }
  const createdMs = services.clock.nowMs();
  const token = await services.database.transaction(async (db) => {
    await lockApplicationRow(db, application.id);
    if (maximumCount !== undefined) {
      const count = await countApplicationTokens(db, application.id, createdMs);
      if (count >= maximumCount) {
        throw new DomainError(
          'invalid_request',
          `The application has ${count} live tokens, the most that is allowed; delete one first.`,
        );
      }
    }
    const stored = await storeOauthToken(services, db, {
      application,
      accountId: input.accountId,
      scopes: input.scopes,
      expiresMs: createdMs + Math.min(lifeSeconds, tokenLifetimeSeconds) * 1000,
      logged: { token_display_name: title, auth_method: input.authMethod },
      performer: input.performer,
    });
    await insertTokenDetails(db, { token_id: stored.id, title, created_by_id: input.accountId });
    return stored;
  });
  return { ...token, title, createdMs };
}

/** Ends a bearer token of an application, whoever granted it, at once. Throws DomainError `not_found`. */
export async function deleteApplicationToken(
  services: Services,
  input: {
    readonly ownerId: number;
    readonly clientId: string;
    readonly uuid: string;
    readonly performer?: Performer | undefined;
  },
): Promise<void> {
  await services.database.transaction(async (db) => {
    const application = await getApplicationRow(db, input.ownerId, input.clientId);
    if (!(await deleteApplicationTokenRow(db, application.id, input.uuid))) {
      throw new DomainError('not_found', 'There is no such token.');
    }
    await writeChangeLog(services, db, {
      kind: 'revoke_oauth_api_token',
      accountId: input.ownerId,
      performer: input.performer,
      metadata: {
        oauth_token_uuid: input.uuid,
        application_name: application.name,
        client_id: application.clientId,
      },
    });
  });
  services.events.publish({ kind: 'authority-changed' });
}
