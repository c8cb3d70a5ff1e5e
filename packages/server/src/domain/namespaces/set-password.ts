import type { Db } from '#/db/database.ts';
import { DomainError } from '#/domain/errors.ts';
import { type Performer, writeChangeLog } from '#/domain/logs/index.ts';
import type { Services } from '#/domain/services.ts';
import { checkPassword } from './check-password.ts';
import { getAccount, updateAccount } from './queries.ts';

/** Sets the password of a person and ends all sessions. Throws DomainError `invalid_request`, `not_found`. */
export async function setPassword(
  services: Services,
  input: { readonly accountId: number; readonly password: string; readonly performer?: Performer },
): Promise<void> {
  checkPassword(input.password);
  const passwordHash = await services.passwordHasher.hash(input.password);
  const { accountId, performer } = input;
  await services.database.transaction((db) =>
    storePassword(services, db, { accountId, passwordHash, performer }),
  );
  services.events.publish({ kind: 'authority-changed' });
}

/** As setPassword, inside the caller's transaction; the password was checked and hashed. */
export async function storePassword(
  services: Services,
  db: Db,
  input: {
    readonly accountId: number;
    readonly passwordHash: string;
    readonly performer: Performer | undefined;
  },
): Promise<void> {
  const account = await getAccount(db, input.accountId);
  if (account.kind !== 'user') throw new DomainError('invalid_request', 'Only users have passwords.');
  const nowMs = services.clock.nowMs();
  await updateAccount(db, account.id, {
    password_hash: input.passwordHash,
    sessions_valid_from_ms: nowMs,
    invalid_login_attempts: 0,
    last_invalid_login_ms: null,
  });
  const own = input.performer?.accountId === account.id;
  await writeChangeLog(services, db, {
    kind: own ? 'account_change_password' : 'user_change_password',
    accountId: account.id,
    performer: input.performer,
    metadata: own ? {} : { username: account.name },
  });
}
