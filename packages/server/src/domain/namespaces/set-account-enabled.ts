import { type Performer, writeChangeLog } from '#/domain/logs/index.ts';
import type { Services } from '#/domain/services.ts';
import { getAccount, updateAccount } from './queries.ts';

/**
 * A disabled account cannot be used: no sign-in, no token, and nothing in its namespace can be pulled or pushed. Throws DomainError
 * `not_found`.
 */
export async function setAccountEnabled(
  services: Services,
  input: { readonly accountId: number; readonly enabled: boolean; readonly performer?: Performer },
): Promise<void> {
  await services.database.transaction(async (db) => {
    const account = await getAccount(db, input.accountId);
    await updateAccount(db, account.id, { enabled: input.enabled ? 1 : 0 });
    await writeChangeLog(services, db, {
      kind: input.enabled ? 'user_enable' : 'user_disable',
      accountId: account.id,
      performer: input.performer,
      metadata: { username: account.name },
    });
  });
  services.events.publish({ kind: 'authority-changed' });
}
