import { DomainError } from '#/domain/errors.ts';
import { type Performer, writeChangeLog } from '#/domain/logs/index.ts';
import type { Services } from '#/domain/services.ts';
import { keepAdministrator } from './keep-administrator.ts';
import {
  deleteAccountRow,
  getAccount,
  holdsRepositories,
  listAdministeredOrganizationIds,
  lockOrganization,
} from './queries.ts';

/**
 * Removes a user or organization without repositories, with its robots, teams, tokens and permissions. Throws DomainError `not_found`,
 * `denied` (it holds repositories, or is the only administrator of an organization), `invalid_request` (a robot).
 */
export async function deleteAccount(
  services: Services,
  input: { readonly accountId: number; readonly performer?: Performer },
): Promise<void> {
  await services.database.transaction(async (db) => {
    const account = await getAccount(db, input.accountId);
    if (account.kind === 'robot')
      throw new DomainError('invalid_request', 'A robot is deleted through its owner.');
    const organizationIds = await listAdministeredOrganizationIds(db, account.id);
    for (const id of organizationIds) await lockOrganization(db, id);
    if (await holdsRepositories(db, account.id)) {
      throw new DomainError('denied', `"${account.name}" still holds repositories; delete those first.`);
    }
    await deleteAccountRow(db, account.id);
    for (const id of organizationIds) await keepAdministrator(db, id);
    await writeChangeLog(services, db, {
      kind: account.kind === 'user' ? 'user_delete' : 'org_delete',
      accountId: account.id,
      performer: input.performer,
      metadata: account.kind === 'user' ? { username: account.name } : { namespace: account.name },
    });
  });
  services.events.publish({ kind: 'authority-changed' });
}
