import type { Db } from '#/db/database.ts';
import type { AccountKind } from '#/db/schema.ts';

/** Somebody whom an entry names. */
export interface LogAccount {
  readonly id: number;
  readonly kind: AccountKind;
  readonly name: string;
  readonly email: string | null;
}

/** Whether the account has one of these names. */
export async function hasName(db: Db, accountId: number, names: readonly string[]): Promise<boolean> {
  const row = await db
    .selectFrom('accounts')
    .select('id')
    .where('id', '=', accountId)
    .where('name', 'in', names)
    .executeTakeFirst();
  return row !== undefined;
}

export async function findAccountId(db: Db, name: string): Promise<number | undefined> {
  const row = await db.selectFrom('accounts').select('id').where('name', '=', name).executeTakeFirst();
  return row?.id;
}

/** The account of a name, with the owner of a robot. */
export async function findLogAccount(
  db: Db,
  name: string,
): Promise<(LogAccount & { readonly ownerId: number | null }) | undefined> {
  return await db
    .selectFrom('accounts')
    .select(['id', 'kind', 'name', 'email', 'owner_id as ownerId'])
    .where('name', '=', name)
    .executeTakeFirst();
}

/** The accounts that still exist, in one query. */
export async function listLogAccounts(
  db: Db,
  ids: readonly number[],
): Promise<ReadonlyMap<number, LogAccount>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom('accounts')
    .select(['id', 'kind', 'name', 'email'])
    .where('id', 'in', ids)
    .execute();
  return new Map(rows.map((row) => [row.id, row]));
}
