import type { Db } from '#/db/database.ts';
import { insertRow } from '#/db/insert-row.ts';
import type { NewRow } from '#/db/schema.ts';
import { DomainError } from '#/domain/errors.ts';
import { type Performer, writeChangeLog } from '#/domain/logs/index.ts';
import type { Services } from '#/domain/services.ts';
import type { Account } from './account.ts';
import { checkAccountName } from './account-names.ts';
import { checkEmail } from './check-email.ts';
import { checkPassword } from './check-password.ts';
import { newAccountRow } from './new-account-row.ts';
import { claimFirstUser, findAccountByEmail, findAccountByName, getAccount } from './queries.ts';

export interface NewUser {
  readonly name: string;
  /** Needed with `FEATURE_MAILING`. */
  readonly email?: string | undefined;
  /** Absent: no log-in with a password of this registry. */
  readonly password?: string | undefined;
  readonly superuser?: boolean;
  /** Default: true, no confirmation mail is awaited. */
  readonly verified?: boolean;
}

/** Checks the input and hashes the password, before any transaction. Throws DomainError `name_invalid`, `invalid_request`. */
export async function prepareUser(services: Services, user: NewUser): Promise<NewRow<'accounts'>> {
  checkAccountName(user.name);
  if (user.email !== undefined) checkEmail(user.email);
  else if (services.settings.featureMailing) {
    throw new DomainError('invalid_request', 'An e-mail address is needed.');
  }
  if (user.password !== undefined) checkPassword(user.password);
  return newAccountRow(services, {
    kind: 'user',
    name: user.name,
    email: user.email ?? null,
    password_hash: user.password === undefined ? null : await services.passwordHasher.hash(user.password),
    superuser: user.superuser ? 1 : 0,
    verified: user.verified === false ? 0 : 1,
  });
}

/** Stores a prepared person; from then on nobody becomes the initial user, whatever happens to this account later. Throws DomainError `already_exists`. */
export async function storeUser(
  services: Services,
  db: Db,
  row: NewRow<'accounts'>,
  performer: Performer | undefined,
): Promise<Account> {
  await claimFirstUser(db);
  await refuseTakenName(db, row.name);
  if (typeof row.email === 'string' && (await findAccountByEmail(db, row.email)) !== undefined) {
    throw new DomainError('already_exists', 'The e-mail address is already in use.');
  }
  const id = await insertRow(db, 'accounts', row);
  await writeChangeLog(services, db, {
    kind: 'user_create',
    accountId: id,
    performer,
    metadata: { username: row.name, email: row.email, superuser: row.superuser === 1 },
  });
  return getAccount(db, id);
}

/** Throws DomainError `already_exists` when a person or organization is called so. */
export async function refuseTakenName(db: Db, name: string): Promise<void> {
  if ((await findAccountByName(db, name)) === undefined) return;
  throw new DomainError('already_exists', `The name "${name}" is already taken.`);
}
