import type { Db } from '#/db/database.ts';
import { listMemberships } from '#/domain/namespaces/index.ts';
import type { Services } from '#/domain/services.ts';
import { findAmong, listUndismissed } from './queries.ts';
import type { UserNotification } from './user-notification.ts';

/** What a person sees: own notifications and those of organizations that the person administers, undismissed, newest first. */
export async function listUserNotifications(
  { database }: Pick<Services, 'database'>,
  input: { readonly accountId: number; readonly page: number; readonly limit: number },
): Promise<{ readonly notifications: readonly UserNotification[]; readonly hasMore: boolean }> {
  const accountIds = await listAudience(database.read, input.accountId);
  const offset = input.page * input.limit;
  const found = await listUndismissed(database.read, accountIds, { offset, limit: input.limit + 1 });
  return { notifications: found.slice(0, input.limit), hasMore: found.length > input.limit };
}

/** A notification that the person may see, dismissed or not. */
export async function findUserNotification(
  db: Db,
  accountId: number,
  uuid: string,
): Promise<UserNotification | undefined> {
  return findAmong(db, await listAudience(db, accountId), uuid);
}

async function listAudience(db: Db, accountId: number): Promise<readonly number[]> {
  const memberships = await listMemberships(db, accountId);
  return [accountId, ...memberships.filter(({ isAdmin }) => isAdmin).map(({ id }) => id)];
}
