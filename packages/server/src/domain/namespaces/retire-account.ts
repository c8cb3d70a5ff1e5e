import { randomUUID } from 'node:crypto';
import type { Db } from '#/db/database.ts';
import { DomainError } from '#/domain/errors.ts';
import type { Account } from './account.ts';
import { getAccount, listAdministeredOrganizationIds, lockOrganization, updateAccount } from './queries.ts';
import { deleteBelongings, findNameIfSoleAdministrator, lockAccount } from './queries-deletion.ts';

/**
 * First half of the deletion of a user or organization, in the caller's transaction: it can do nothing any more, and its name and address
 * are free; what it owns is left to the second. Returns the account as it was. Throws DomainError `not_found`, and `invalid_request` for a
 * robot and, unless forced, for the only administrator of an organization.
 */
export async function retireAccount(
  db: Db,
  input: { readonly accountId: number; readonly nowMs: number; readonly force: boolean },
): Promise<Account> {
  const { accountId } = input;
  const organizationIds = await listAdministeredOrganizationIds(db, accountId);
  for (const id of organizationIds) await lockOrganization(db, id);
  await lockAccount(db, accountId);
  const account = await getAccount(db, accountId);
  if (account.kind === 'robot') {
    throw new DomainError('invalid_request', 'A robot is deleted through its owner.');
  }
  if (!input.force) await refuseSoleAdministrator(db, accountId, organizationIds);
  await deleteBelongings(db, accountId);
  await updateAccount(db, accountId, {
    name: randomUUID(),
    email: null,
    enabled: 0,
    superuser: 0,
    sessions_valid_from_ms: input.nowMs,
  });
  return account;
}

async function refuseSoleAdministrator(
  db: Db,
  accountId: number,
  organizationIds: readonly number[],
): Promise<void> {
  const names: string[] = [];
  for (const id of organizationIds) {
    const name = await findNameIfSoleAdministrator(db, id, accountId);
    if (name !== undefined) names.push(name);
  }
  if (names.length === 0) return;
  throw new DomainError(
    'invalid_request',
    `The user is the only administrator of ${names.map((name) => `"${name}"`).join(', ')}; delete the organizations or add another administrator first.`,
    { detail: { organizations: names } },
  );
}
