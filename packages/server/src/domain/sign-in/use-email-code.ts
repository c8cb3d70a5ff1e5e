import { DomainError } from '#/domain/errors.ts';
import {
  type Account,
  asAlreadyExists,
  getAccount,
  storeEmail,
  verifyEmail,
} from '#/domain/namespaces/index.ts';
import type { Services } from '#/domain/services.ts';
import { confirmationLifeSeconds, takeEmailCode } from './email-codes.ts';

/**
 * Follows the link of a confirmation mail: the address is verified, or the changed one takes effect. Throws DomainError `invalid_request`,
 * `already_exists`, `account_disabled`.
 */
export async function confirmEmail(
  services: Services,
  code: string,
): Promise<{ readonly account: Account; readonly changed: boolean }> {
  return asAlreadyExists('The e-mail address is already in use.', () =>
    services.database.transaction(async (db) => {
      const taken = await takeEmailCode(services, db, {
        code,
        kinds: ['confirm', 'change'],
        lifeSeconds: confirmationLifeSeconds,
      });
      const account = refuseDisabled(await getAccount(db, taken.accountId));
      if (taken.newEmail === null) {
        await verifyEmail(db, account.id);
        return { account, changed: false };
      }
      const performer = { accountId: account.id, ip: null, metadata: {} };
      const changed = await storeEmail(services, db, {
        accountId: account.id,
        email: taken.newEmail,
        performer,
      });
      return { account: changed, changed: true };
    }),
  );
}

/** Follows the link of a recovery mail, once; having got the mail also proves the address. Throws DomainError `invalid_request`, `account_disabled`. */
export async function useRecoveryCode(
  services: Services,
  input: { readonly code: string; readonly lifeSeconds: number },
): Promise<Account> {
  return services.database.transaction(async (db) => {
    const taken = await takeEmailCode(services, db, { ...input, kinds: ['recovery'] });
    const account = refuseDisabled(await getAccount(db, taken.accountId));
    await verifyEmail(db, account.id);
    return account;
  });
}

function refuseDisabled(account: Account): Account {
  if (account.enabled && account.kind === 'user') return account;
  throw new DomainError('account_disabled', 'This account is disabled. Ask an administrator to enable it.');
}
