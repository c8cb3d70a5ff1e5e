import { DomainError } from '#/domain/errors.ts';
import { isSuperuserNow } from '#/domain/namespaces/index.ts';
import type { Principal } from '#/domain/permissions/principal.ts';
import type { Services } from '#/domain/services.ts';
import { appTokenNameLength } from './create-app-token.ts';
import { findAppTokenByName } from './queries.ts';
import { equalSecrets } from './secrets.ts';

/** The person whose app-specific token this is (registry B5, `$app`). Throws DomainError `invalid_credentials`, `account_disabled`. */
export async function verifyAppToken(
  services: Services,
  token: string,
): Promise<Extract<Principal, { kind: 'user' }>> {
  const invalid = new DomainError('invalid_credentials', 'Invalid app specific token.');
  if (!services.settings.featureAppSpecificTokens) throw invalid;
  const found = await findAppTokenByName(services.database.read, token.slice(0, appTokenNameLength));
  // A person who became an organization has no passwords any more.
  if (found?.account.kind !== 'user') throw invalid;
  if (!equalSecrets(token.slice(appTokenNameLength), services.secretBox.decrypt(found.secretEncrypted))) {
    throw invalid;
  }
  if (found.expiresMs !== null && found.expiresMs <= services.clock.nowMs()) throw invalid;
  const { account } = found;
  if (!account.enabled) {
    throw new DomainError(
      'account_disabled',
      'The account of this token is disabled. Please contact your administrator.',
    );
  }
  return {
    kind: 'user',
    account: { id: account.id, uuid: account.uuid, name: account.name },
    superuser: await isSuperuserNow(services, account),
    appToken: { uuid: found.uuid, title: found.title },
  };
}
