import { DomainError } from '#/domain/errors.ts';
import { type Performer, writeChangeLog } from '#/domain/logs/index.ts';
import type { Services } from '#/domain/services.ts';
import { getAccount, updateAccount } from './queries.ts';

/** Makes a person superuser by database, or ends that; `SUPER_USERS` is another matter. Throws DomainError `not_found`, `invalid_request`. */
export async function setSuperuser(
  services: Services,
  input: { readonly accountId: number; readonly superuser: boolean; readonly performer?: Performer },
): Promise<void> {
  await services.database.transaction(async (db) => {
    const account = await getAccount(db, input.accountId);
    if (account.kind !== 'user') throw new DomainError('invalid_request', 'Only a user can be a superuser.');
    await updateAccount(db, account.id, { superuser: input.superuser ? 1 : 0 });
    await writeChangeLog(services, db, {
      kind: 'user_change_metadata',
      accountId: account.id,
      performer: input.performer,
      metadata: { username: account.name, superuser: input.superuser },
    });
  });
  services.events.publish({ kind: 'authority-changed' });
}
