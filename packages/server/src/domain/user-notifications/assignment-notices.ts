import type { Db } from '#/db/database.ts';
import type { Services } from '#/domain/services.ts';
import { createUserNotification } from './create-user-notification.ts';
import { removeUserNotifications } from './queries.ts';

const lookupPath = (uuid: string): string => `oauthassignment/${uuid}`;

/** Puts an offered authorization on the list of the person, in its transaction. */
export function announceAssignment(services: Services, accountId: number, assigner: string) {
  return (db: Db, uuid: string): Promise<void> =>
    createUserNotification(services, db, {
      accountIds: [accountId],
      kind: 'assigned_authorization',
      metadata: { username: assigner },
      lookupPath: lookupPath(uuid),
    });
}

/** Takes an offered authorization that ends off that list, in its transaction. */
export async function retractAssignment(db: Db, uuid: string): Promise<void> {
  await removeUserNotifications(db, lookupPath(uuid));
}
