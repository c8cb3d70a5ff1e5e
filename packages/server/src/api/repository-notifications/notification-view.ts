import { z } from 'zod';
import { findNotificationMethod, type RepositoryNotification } from '#/domain/notifications/index.ts';

export const notificationSchema = z.object({
  uuid: z.string(),
  title: z.string().nullable(),
  event: z.string(),
  method: z.string(),
  config: z.record(z.string(), z.unknown()),
  event_config: z.record(z.string(), z.unknown()),
  number_of_failures: z.number(),
  /** Only of notifications whose method no longer exists. */
  retired: z.literal(true).optional(),
});

/** A notification of a repository as lists show it (REST reference 9.13). */
export function notificationView(notification: RepositoryNotification): z.infer<typeof notificationSchema> {
  const method = findNotificationMethod(notification.method);
  return {
    uuid: notification.uuid,
    title: notification.title,
    event: notification.event,
    method: notification.method,
    config: method === undefined ? notification.config : method.show(notification.config),
    event_config: notification.eventConfig,
    number_of_failures: notification.numberOfFailures,
    ...(method === undefined || method.retired ? { retired: true } : {}),
  };
}
