import type { Db } from '#/db/database.ts';
import type { AccountKind } from '#/db/schema.ts';
import { type Account, accountFromRow } from './account.ts';

/** Accounts of a kind that are not on their way to be deleted. */
const selectPresent = (db: Db, kind: AccountKind) =>
  db
    .selectFrom('accounts')
    .selectAll('accounts')
    .where('accounts.kind', '=', kind)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('deleted_namespaces')
            .select('deleted_namespaces.account_id')
            .whereRef('deleted_namespaces.account_id', '=', 'accounts.id'),
        ),
      ),
    );

/** A page of people or organizations by name, without those that are being deleted and, if wished, those that are disabled. */
export async function listPresentAccounts(
  db: Db,
  page: {
    readonly kind: AccountKind;
    readonly after: string | undefined;
    readonly limit: number;
    readonly enabledOnly: boolean;
  },
): Promise<Account[]> {
  const rows = await selectPresent(db, page.kind)
    .$if(page.after !== undefined, (query) => query.where('accounts.name', '>', page.after ?? ''))
    .$if(page.enabledOnly, (query) => query.where('accounts.enabled', '=', 1))
    .orderBy('accounts.name')
    .limit(page.limit)
    .execute();
  return rows.map(accountFromRow);
}

/** The person or organization of this name, unless it is being deleted. */
export async function findPresentAccount(
  db: Db,
  kind: AccountKind,
  name: string,
): Promise<Account | undefined> {
  const row = await selectPresent(db, kind).where('accounts.name', '=', name).executeTakeFirst();
  return row && accountFromRow(row);
}

/** In no order; ids of no account are left out. */
export async function listAccountsByIds(db: Db, ids: readonly number[]): Promise<Account[]> {
  if (ids.length === 0) return [];
  const rows = await db.selectFrom('accounts').selectAll().where('id', 'in', ids).execute();
  return rows.map(accountFromRow);
}

/** Enabled people who are superusers by database or called so. */
export async function listSuperuserIds(db: Db, names: readonly string[]): Promise<number[]> {
  const enabled = db.selectFrom('accounts').select('id').where('kind', '=', 'user').where('enabled', '=', 1);
  const byDatabase = await enabled.where('superuser', '=', 1).execute();
  const byName = names.length === 0 ? [] : await enabled.where('name', 'in', names).execute();
  return [...new Set([...byDatabase, ...byName].map(({ id }) => id))];
}
