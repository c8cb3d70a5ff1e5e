import { DomainError } from '#/domain/errors.ts';
import type { Principal } from '#/domain/permissions/principal.ts';
import type { Services } from '#/domain/services.ts';
import { accessTokenNameLength } from './create-access-token.ts';
import { findAccessToken } from './queries.ts';
import { equalSecrets } from './secrets.ts';

/**
 * The right on one repository that this token stands for (registry B5, `$token`); plain codes of old databases may be of any
 * length over 32 characters. Throws DomainError `invalid_credentials`.
 */
export async function verifyAccessToken(
  services: Services,
  token: string,
): Promise<Extract<Principal, { kind: 'access-token' }>> {
  const found = await findAccessToken(services.database.read, token.slice(0, accessTokenNameLength));
  const valid =
    found !== undefined &&
    equalSecrets(token.slice(accessTokenNameLength), services.secretBox.decrypt(found.codeEncrypted));
  if (!valid) throw new DomainError('invalid_credentials', 'Invalid access token.');
  return {
    kind: 'access-token',
    repositoryId: found.repositoryId,
    role: found.role,
    tokenName: found.tokenName,
    friendlyName: found.friendlyName,
  };
}
