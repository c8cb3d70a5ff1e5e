import { DomainError } from '#/domain/errors.ts';
import type { Account } from '#/domain/namespaces/index.ts';
import type { Services } from '#/domain/services.ts';
import { findDecryptedPassword } from './encrypted-password.ts';
import type { AuthEngine } from './engines/define-auth-engine.ts';

/**
 * The person with this password, plain or encrypted, under the rules of registry reference B5. Throws `invalid_credentials`,
 * `account_disabled`, `login_throttled`.
 */
export async function verifyPassword(
  services: Services,
  auth: { readonly engine: AuthEngine; readonly secretKey: Buffer },
  credentials: { readonly username: string; readonly password: string },
): Promise<Account> {
  const decrypted = findDecryptedPassword(auth.secretKey, credentials.password);
  if (decrypted === undefined && services.settings.featureRequireEncryptedBasicAuth) {
    throw new DomainError(
      'invalid_credentials',
      'This registry takes no plain passwords from clients. Generate an encrypted password in the account settings and log in with it.',
    );
  }
  const verification = await auth.engine.verify(credentials.username, decrypted ?? credentials.password);
  if ('refusal' in verification) throw verification.refusal;
  const { account } = verification;
  if (!account.enabled) {
    throw new DomainError('account_disabled', 'This account is disabled. Ask an administrator to enable it.');
  }
  if (services.settings.featureMailing === true && !account.verified) {
    throw new DomainError(
      'account_disabled',
      'The e-mail address of this account is not verified yet. Follow the link in the confirmation mail.',
    );
  }
  return account;
}
