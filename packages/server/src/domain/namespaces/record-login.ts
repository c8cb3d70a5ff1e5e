import type { Services } from '#/domain/services.ts';
import type { Account } from './account.ts';
import { countFailedLogin, updateAccount } from './queries.ts';

/** Counts a wrong password for the back-off (attempts inside its window are not to be reported). */
export async function recordFailedLogin(services: Services, accountId: number): Promise<void> {
  // Relaxed, so that the answer takes no longer than that for a name that does not exist.
  await services.database.transaction((db) => countFailedLogin(db, accountId, services.clock.nowMs()), {
    durability: 'relaxed',
  });
}

/** Ends the back-off after a right password; costs nothing when there was none. */
export async function recordSuccessfulLogin(
  services: Services,
  account: Pick<Account, 'id' | 'invalidLoginAttempts'>,
): Promise<void> {
  if (account.invalidLoginAttempts === 0) return;
  await services.database.transaction((db) =>
    updateAccount(db, account.id, { invalid_login_attempts: 0, last_invalid_login_ms: null }),
  );
}
