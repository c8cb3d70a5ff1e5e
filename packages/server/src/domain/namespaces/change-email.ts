import type { Db } from '#/db/database.ts';
import { DomainError } from '#/domain/errors.ts';
import { type Performer, writeChangeLog } from '#/domain/logs/index.ts';
import type { Services } from '#/domain/services.ts';
import type { Account } from './account.ts';
import { asAlreadyExists } from './as-already-exists.ts';
import { checkEmail } from './check-email.ts';
import { findAccountByEmail, getAccount, updateAccount } from './queries.ts';

interface EmailChange {
  readonly accountId: number;
  readonly email: string;
  readonly performer?: Performer | undefined;
}

const noAccountId = 0;

/** Gives a person another, verified address. Throws DomainError `invalid_request`, `already_exists`, `not_found`. */
export async function changeEmail(services: Services, input: EmailChange): Promise<Account> {
  checkEmail(input.email);
  return asAlreadyExists('The e-mail address is already in use.', () =>
    services.database.transaction((db) => storeEmail(services, db, input)),
  );
}

/** As changeEmail, inside the caller's transaction; the address was checked. */
export async function storeEmail(services: Services, db: Db, input: EmailChange): Promise<Account> {
  const account = await getAccount(db, input.accountId);
  await refuseTakenEmail(db, input.email, account.id);
  await updateAccount(db, account.id, { email: input.email, verified: 1 });
  const own = input.performer?.accountId === account.id;
  await writeChangeLog(services, db, {
    kind: 'user_change_email',
    accountId: account.id,
    performer: input.performer,
    metadata: {
      email: input.email,
      old_email: account.email,
      ...(own ? {} : { username: account.name }),
    },
  });
  return getAccount(db, account.id);
}

/** Throws DomainError `already_exists` when another person has the address. */
export async function refuseTakenEmail(db: Db, email: string, accountId: number): Promise<void> {
  const other = await findAccountByEmail(db, email);
  if (other === undefined || other.id === accountId) return;
  throw new DomainError('already_exists', 'The e-mail address is already in use.');
}

/**
 * As refuseTakenEmail, for the address of an organization, which may be anybody's with `FEATURE_ORG_SHARED_EMAIL`: sign-in and recovery look
 * for people only, whose addresses stay their own.
 */
export async function refuseEmailOfPerson({ settings }: Services, db: Db, email: string): Promise<void> {
  if (settings.featureOrganizationSharedEmail === true) return;
  await refuseTakenEmail(db, email, noAccountId);
}

/** The person proved to receive mail at the address of the account. */
export async function verifyEmail(db: Db, accountId: number): Promise<void> {
  await updateAccount(db, accountId, { verified: 1 });
}
