import { DomainError } from '#/domain/errors.ts';
import {
  type Account,
  asAlreadyExists,
  getAccount,
  storeEmail,
  verifyEmail,
} from '#/domain/namespaces/index.ts';
import type { Services } from '#/domain/services.ts';
import {
  confirmationLifeSeconds,
  getEmailCode,
  staleCode,
  type TakenEmailCode,
  takeEmailCode,
} from './email-codes.ts';

const confirmationKinds = ['confirm', 'change'] as const;
const recoveryKinds = ['recovery'] as const;

/** Whom the link of a mail is about, while it can still be followed; changes nothing. Throws as following it does. */
export async function findLinkedAccount(
  services: Services,
  link: { readonly code: string } & (
    | { readonly kind: 'confirmation' }
    | { readonly kind: 'recovery'; readonly lifeSeconds: number }
  ),
): Promise<{ readonly account: Account; readonly email: string | null }> {
  const { read } = services.database;
  const found = await getEmailCode(services, read, {
    code: link.code,
    ...(link.kind === 'recovery'
      ? { kinds: recoveryKinds, lifeSeconds: link.lifeSeconds }
      : { kinds: confirmationKinds, lifeSeconds: confirmationLifeSeconds }),
  });
  return { account: refuseUnfit(await getAccount(read, found.accountId), found), email: found.email };
}

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
        kinds: confirmationKinds,
        lifeSeconds: confirmationLifeSeconds,
      });
      const account = refuseUnfit(await getAccount(db, taken.accountId), taken);
      if (taken.kind === 'confirm' || taken.email === null) {
        await verifyEmail(db, account.id);
        return { account, changed: false };
      }
      const performer = { accountId: account.id, ip: null, metadata: {} };
      const changed = await storeEmail(services, db, {
        accountId: account.id,
        email: taken.email,
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
    const taken = await takeEmailCode(services, db, { ...input, kinds: recoveryKinds });
    const account = refuseUnfit(await getAccount(db, taken.accountId), taken);
    await verifyEmail(db, account.id);
    return account;
  });
}

/**
 * A link of before the present password may be in the hands of whoever knew the old one; and who reads the mail of an address that is no
 * longer the account's is not its person.
 */
function refuseUnfit(account: Account, taken: TakenEmailCode): Account {
  if (!account.enabled || account.kind !== 'user') {
    throw new DomainError('account_disabled', 'This account is disabled. Ask an administrator to enable it.');
  }
  const isOld = taken.createdMs < account.sessionsValidFromMs;
  const isElsewhere = taken.kind !== 'change' && taken.email !== account.email;
  if (isOld || isElsewhere) throw staleCode();
  return account;
}
