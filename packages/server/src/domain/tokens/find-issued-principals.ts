import { isSuperuserNow } from '#/domain/namespaces/index.ts';
import type { Principal } from '#/domain/permissions/principal.ts';
import type { Services } from '#/domain/services.ts';
import { findOauthScopes } from './oauth-scopes.ts';
import { findAccessToken, findAppTokenByUuid, findOauthTokenByUuid } from './queries.ts';

/*
 * Tokens that were verified when a registry token was issued for them, looked up again without their secret. All answer undefined once the
 * token is revoked or expired, or its account is disabled or no person any more.
 */

export async function findAppTokenPrincipal(
  services: Services,
  uuid: string,
): Promise<Extract<Principal, { kind: 'user' }> | undefined> {
  if (!services.settings.featureAppSpecificTokens) return undefined;
  const found = await findAppTokenByUuid(services.database.read, uuid);
  if (found?.account.kind !== 'user' || !found.account.enabled) return undefined;
  if (found.expiresMs !== null && found.expiresMs <= services.clock.nowMs()) return undefined;
  const { account } = found;
  return {
    kind: 'user',
    account: { id: account.id, uuid: account.uuid, name: account.name },
    superuser: await isSuperuserNow(services, account),
    appToken: { uuid: found.uuid, title: found.title },
  };
}

export async function findOauthTokenPrincipal(
  services: Services,
  uuid: string,
): Promise<Extract<Principal, { kind: 'oauth-token' }> | undefined> {
  const found = await findOauthTokenByUuid(services.database.read, uuid);
  if (found?.account.kind !== 'user' || !found.account.enabled) return undefined;
  if (found.expiresMs <= services.clock.nowMs()) return undefined;
  const { account } = found;
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

/** By the public half of the token. */
export async function findAccessTokenPrincipal(
  services: Services,
  tokenName: string,
): Promise<Extract<Principal, { kind: 'access-token' }> | undefined> {
  const found = await findAccessToken(services.database.read, tokenName);
  return (
    found && {
      kind: 'access-token',
      repositoryId: found.repositoryId,
      role: found.role,
      tokenName: found.tokenName,
      friendlyName: found.friendlyName,
    }
  );
}
