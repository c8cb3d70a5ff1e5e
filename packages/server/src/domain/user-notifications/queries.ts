import type { Db } from '#/db/database.ts';
import type { UserNotification } from './user-notification.ts';

export async function insertUserNotifications(
  db: Db,
  rows: readonly {
    readonly uuid: string;
    readonly account_id: number;
    readonly kind: string;
    readonly metadata_json: string;
    readonly lookup_path: string | null;
    readonly created_ms: number;
  }[],
): Promise<void> {
  if (rows.length === 0) return;
  await db
    .insertInto('user_notifications')
    .values(rows.map((row) => ({ ...row, dismissed: 0 as const })))
    .execute();
}

const selectNotifications = (db: Db) =>
  db
    .selectFrom('user_notifications as n')
    .innerJoin('accounts as a', 'a.id', 'n.account_id')
    .select([
      'n.id',
      'n.uuid',
      'n.kind',
      'n.metadata_json',
      'n.dismissed',
      'n.created_ms',
      'a.name as accountName',
      'a.kind as accountKind',
    ]);

type Selected = Awaited<ReturnType<ReturnType<typeof selectNotifications>['execute']>>[number];

function notificationFromRow(row: Selected): UserNotification {
  return {
    uuid: row.uuid,
    kind: row.kind,
    organization: row.accountKind === 'organization' ? row.accountName : null,
    metadata: JSON.parse(row.metadata_json) as unknown,
    dismissed: row.dismissed === 1,
    createdMs: row.created_ms,
  };
}

/** What is not dismissed of these accounts, newest first, in a window of the list. */
export async function listUndismissed(
  db: Db,
  accountIds: readonly number[],
  window: { readonly offset: number; readonly limit: number },
): Promise<UserNotification[]> {
  const rows = await selectNotifications(db)
    .where('n.account_id', 'in', accountIds)
    .where('n.dismissed', '=', 0)
    .orderBy('n.id', 'desc')
    .limit(window.limit)
    .offset(window.offset)
    .execute();
  return rows.map(notificationFromRow);
}

/** The notification if it was sent to one of these accounts. */
export async function findAmong(
  db: Db,
  accountIds: readonly number[],
  uuid: string,
): Promise<UserNotification | undefined> {
  const row = await selectNotifications(db)
    .where('n.uuid', '=', uuid)
    .where('n.account_id', 'in', accountIds)
    .executeTakeFirst();
  return row && notificationFromRow(row);
}

export async function storeDismissed(db: Db, uuid: string, dismissed: boolean): Promise<void> {
  await db
    .updateTable('user_notifications')
    .set({ dismissed: dismissed ? 1 : 0 })
    .where('uuid', '=', uuid)
    .execute();
}

/** Takes back everything about one thing, whoever it was sent to. */
export async function removeUserNotifications(db: Db, lookupPath: string): Promise<void> {
  await db.deleteFrom('user_notifications').where('lookup_path', '=', lookupPath).execute();
}

/** Takes back what one account was told of one kind. */
export async function removeUserNotificationsOfKind(db: Db, accountId: number, kind: string): Promise<void> {
  await db
    .deleteFrom('user_notifications')
    .where('account_id', '=', accountId)
    .where('kind', '=', kind)
    .execute();
}

/** Removes notifications that are dismissed, or not, and older than `beforeMs`, but none of `keptKinds`; at most `limit`, returns how many. */
export async function deleteOld(
  db: Db,
  options: {
    readonly dismissed: boolean;
    readonly beforeMs: number;
    readonly keptKinds: readonly string[];
    readonly limit: number;
  },
): Promise<number> {
  const rows = await db
    .selectFrom('user_notifications')
    .select('id')
    .where('dismissed', '=', options.dismissed ? 1 : 0)
    .where('created_ms', '<', options.beforeMs)
    .$if(options.keptKinds.length > 0, (query) => query.where('kind', 'not in', options.keptKinds))
    .orderBy('created_ms')
    .limit(options.limit)
    .execute();
  if (rows.length === 0) return 0;
  const ids = rows.map(({ id }) => id);
  await db.deleteFrom('user_notifications').where('id', 'in', ids).execute();
  return rows.length;
}
