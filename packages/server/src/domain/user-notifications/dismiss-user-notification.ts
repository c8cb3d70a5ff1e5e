import { DomainError } from '#/domain/errors.ts';
import type { Services } from '#/domain/services.ts';
import { findUserNotification } from './list-user-notifications.ts';
import { storeDismissed } from './queries.ts';
import type { UserNotification } from './user-notification.ts';

/** Takes a notification that the person may see off the list, or puts it back. Throws DomainError `not_found`. */
export async function dismissUserNotification(
  { database }: Pick<Services, 'database'>,
  input: { readonly accountId: number; readonly uuid: string; readonly dismissed: boolean },
): Promise<UserNotification> {
  return database.transaction(async (db) => {
    const notification = await findUserNotification(db, input.accountId, input.uuid);
    if (notification === undefined) throw new DomainError('not_found', 'Not Found');
    await storeDismissed(db, input.uuid, input.dismissed);
    return { ...notification, dismissed: input.dismissed };
  });
}
