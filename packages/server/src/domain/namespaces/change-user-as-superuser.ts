import type { Db } from '#/db/database.ts';
import { DomainError } from '#/domain/errors.ts';
import { type LogKind, type Performer, writeChangeLog } from '#/domain/logs/index.ts';
import type { Services } from '#/domain/services.ts';
import type { Account } from './account.ts';
import { asAlreadyExists } from './as-already-exists.ts';
import { refuseTakenEmail } from './change-email.ts';
import { checkEmail } from './check-email.ts';
import { checkPassword } from './check-password.ts';
import { getAccount, updateAccount } from './queries.ts';
import { lockAccount } from './queries-deletion.ts';
import { refuseSuperuser } from './refuse-superuser.ts';

interface UserChange {
  readonly accountId: number;
  readonly password?: string | undefined;
  /** Counts as verified from then on. */
  readonly email?: string | undefined;
  readonly enabled?: boolean | undefined;
  /** Of the database; `SUPER_USERS` is another matter. */
  readonly superuser?: boolean | undefined;
  readonly performer: Performer;
  /** Name of the superuser who does it, for the audit rows. */
  readonly performerName: string;
}

/**
 * Changes an ordinary person in the name of a superuser: everything that is given, or nothing. Throws DomainError `invalid_request`
 * (password, e-mail, a superuser, no person), `already_exists` (e-mail) and `not_found`.
 */
export async function changeUserAsSuperuser(services: Services, input: UserChange): Promise<Account> {
  const { password } = input;
  if (input.email !== undefined) checkEmail(input.email);
  if (password !== undefined) checkPassword(password);
  const passwordHash = password === undefined ? undefined : await services.passwordHasher.hash(password);
  const changed = await asAlreadyExists('The e-mail address is already in use.', () =>
    services.database.transaction(async (db) => {
      await lockAccount(db, input.accountId);
      const account = await getAccount(db, input.accountId);
      if (account.kind !== 'user')
        throw new DomainError('invalid_request', 'Only a person can be changed so.');
      refuseSuperuser(services.settings, account);
      await storeChange(services, db, { ...input, account, passwordHash });
      return getAccount(db, account.id);
    }),
  );
  services.events.publish({ kind: 'authority-changed' });
  return changed;
}

async function storeChange(
  services: Services,
  db: Db,
  input: UserChange & { readonly account: Account; readonly passwordHash: string | undefined },
): Promise<void> {
  const { account, email, enabled, superuser, passwordHash } = input;
  const record = (kind: LogKind, more: Readonly<Record<string, unknown>> = {}) =>
    writeChangeLog(services, db, {
      kind,
      accountId: account.id,
      performer: input.performer,
      metadata: { username: account.name, ...more, superuser: input.performerName },
    });
  if (passwordHash !== undefined) {
    await updateAccount(db, account.id, {
      password_hash: passwordHash,
      sessions_valid_from_ms: services.clock.nowMs(),
      invalid_login_attempts: 0,
      last_invalid_login_ms: null,
    });
    await record('user_change_password');
  }
  if (email !== undefined) {
    await refuseTakenEmail(db, email, account.id);
    await updateAccount(db, account.id, { email, verified: 1 });
    await record('user_change_email', { email, old_email: account.email });
  }
  if (enabled !== undefined) {
    await updateAccount(db, account.id, { enabled: enabled ? 1 : 0 });
    await record(enabled ? 'user_enable' : 'user_disable');
  }
  if (superuser !== undefined) {
    await updateAccount(db, account.id, { superuser: superuser ? 1 : 0 });
    await record('user_change_metadata', { super_user: superuser });
  }
}
