import { DomainError } from '#/domain/errors.ts';
import { isSuperuserNow } from '#/domain/namespaces/index.ts';
import type { Principal } from '#/domain/permissions/principal.ts';
import type { Services } from '#/domain/services.ts';
import { oauthTokenNameLength } from './create-oauth-token.ts';
import { findOauthScopes } from './oauth-scopes.ts';
import { findOauthTokenByName } from './queries.ts';
import { verifySecret } from './secrets.ts';

/**
 * The person who granted this bearer token, within its scopes (registry B5, `$oauthtoken`). Throws DomainError
 * `invalid_credentials`, `account_disabled`.
 */
export async function verifyOauthToken(
  services: Services,
  token: string,
): Promise<Extract<Principal, { kind: 'oauth-token' }>> {
  const found = await findOauthTokenByName(services.database.read, token.slice(0, oauthTokenNameLength));
  const valid =
    found !== undefined &&
    // What a person granted ends when the person becomes an organization, whose rights are its administrators'.
    found.account.kind === 'user' &&
    (await verifySecret(services.passwordHasher, token.slice(oauthTokenNameLength), found.tokenHash));
  if (!valid) throw new DomainError('invalid_credentials', 'OAuth access token could not be validated.');
  if (found.expiresMs <= services.clock.nowMs()) {
    throw new DomainError('invalid_credentials', 'OAuth access token has expired.');
  }
  const { account } = found;
  if (!account.enabled) {
    throw new DomainError('account_disabled', 'The user who granted the OAuth access token is disabled.');
  }
  return {
    kind: 'oauth-token',
    account: { id: account.id, uuid: account.uuid, name: account.name },
    superuser: await isSuperuserNow(services, account),
    scopes: findOauthScopes(found.scope) ?? [],
    tokenUuid: found.uuid,
    applicationName: found.applicationName,
    clientId: found.clientId,
  };
}
