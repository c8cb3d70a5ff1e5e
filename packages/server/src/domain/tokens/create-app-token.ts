import { randomUUID } from 'node:crypto';
import { DomainError } from '#/domain/errors.ts';
import { refuseTooMany } from '#/domain/list-limits.ts';
import { type Performer, writeChangeLog } from '#/domain/logs/index.ts';
import { getAccount, lockAccount } from '#/domain/namespaces/index.ts';
import type { Services } from '#/domain/services.ts';
import { randomText } from '#/platform/random-text.ts';
import { type AppToken, insertAppToken } from './queries.ts';
import { countAppTokens } from './queries-app-tokens.ts';

export const appTokenNameLength = 60;
const secretLength = 60;

/**
 * Gives a person a password for one client (`$app`, 120 characters), valid for `APP_SPECIFIC_TOKEN_EXPIRATION` unless `expiresMs`
 * says otherwise. Throws DomainError `invalid_request` (title, not a person, too many), `not_found`.
 */
export async function createAppToken(
  services: Services,
  input: {
    readonly accountId: number;
    readonly title: string;
    /** null: never. */
    readonly expiresMs?: number | null;
    readonly performer?: Performer;
  },
): Promise<AppToken & { readonly token: string }> {
  const title = input.title.trim();
  if (title === '' || title.length > 255) {
    throw new DomainError('invalid_request', 'The title must have 1 to 255 characters.');
  }
  const uuid = randomUUID();
  const tokenName = randomText(appTokenNameLength);
  const secret = randomText(secretLength);
  const createdMs = services.clock.nowMs();
  const { appSpecificTokenExpirationSeconds: lifetimeSeconds } = services.settings;
  const expiresMs =
    input.expiresMs === undefined
      ? lifetimeSeconds === undefined
        ? null
        : createdMs + lifetimeSeconds * 1000
      : input.expiresMs;
  const secretEncrypted = services.secretBox.encrypt(secret);
  await services.database.transaction(async (db) => {
    await lockAccount(db, input.accountId);
    const account = await getAccount(db, input.accountId);
    if (account.kind !== 'user') throw new DomainError('invalid_request', 'Only users have app tokens.');
    await insertAppToken(db, {
      uuid,
      account_id: account.id,
      title,
      token_name: tokenName,
      secret_encrypted: secretEncrypted,
      created_ms: createdMs,
      expires_ms: expiresMs,
      last_accessed_ms: null,
    });
    refuseTooMany(services, 'appTokens', await countAppTokens(db, account.id));
    await writeChangeLog(services, db, {
      kind: 'create_app_specific_token',
      accountId: account.id,
      performer: input.performer,
      metadata: { app_specific_token_title: title, app_specific_token: uuid },
    });
  });
  return { uuid, title, createdMs, expiresMs, lastAccessedMs: null, token: tokenName + secret };
}
