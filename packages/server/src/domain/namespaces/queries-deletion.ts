import type { Db } from '#/db/database.ts';
import { lockRow } from '#/db/lock-row.ts';

/** The organization's name, if no person but the account administers it through a team. */
export async function findNameIfSoleAdministrator(
  db: Db,
  organizationId: number,
  accountId: number,
): Promise<string | undefined> {
  const other = await db
    .selectFrom('teams')
    .innerJoin('team_members', 'team_members.team_id', 'teams.id')
    .innerJoin('accounts', 'accounts.id', 'team_members.account_id')
    .select('accounts.id')
    .where('teams.organization_id', '=', organizationId)
    .where('teams.role', '=', 'admin')
    .where('accounts.kind', '=', 'user')
    .where('accounts.enabled', '=', 1)
    .where('accounts.id', '<>', accountId)
    .limit(1)
    .executeTakeFirst();
  if (other !== undefined) return undefined;
  const row = await db
    .selectFrom('accounts')
    .select('name')
    .where('id', '=', organizationId)
    .executeTakeFirst();
  return row?.name;
}

/** Takes from an account what others could still see or use of it: robots, teams, memberships and external logins. */
export async function deleteBelongings(db: Db, accountId: number): Promise<void> {
  await db.deleteFrom('accounts').where('owner_id', '=', accountId).where('kind', '=', 'robot').execute();
  await db.deleteFrom('teams').where('organization_id', '=', accountId).execute();
  await db.deleteFrom('team_members').where('account_id', '=', accountId).execute();
  await db.deleteFrom('federated_logins').where('account_id', '=', accountId).execute();
}

/** Locks an account until the transaction ends, so that nothing is made below it; false when it does not exist. */
export async function lockAccount(db: Db, id: number): Promise<boolean> {
  const row = await lockRow(
    db,
    db.selectFrom('accounts').select('id').where('id', '=', id),
  ).executeTakeFirst();
  return row !== undefined;
}
