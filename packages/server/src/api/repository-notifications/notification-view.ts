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

/**
 * A notification of a repository as lists show it (REST reference 9.13). Addresses of hooks are as good as passwords: who only watches
 * sees where they lead, not the whole.
 */
export function notificationView(
  notification: RepositoryNotification,
  isWatching: boolean,
): z.infer<typeof notificationSchema> {
  const method = findNotificationMethod(notification.method);
  const config = method === undefined ? notification.config : method.show(notification.config);
  return {
    uuid: notification.uuid,
    title: notification.title,
    event: notification.event,
    method: notification.method,
    config: isWatching ? withoutSecrets(config) : config,
    event_config: notification.eventConfig,
    number_of_failures: notification.numberOfFailures,
    ...(method === undefined || method.retired ? { retired: true } : {}),
  };
}

/** Of a hook the host, of retired methods nothing. */
function withoutSecrets(config: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const shown = Object.entries(config).map(([key, value]) => {
    if (typeof value !== 'string' || !secretKeys.has(key)) return [key, value];
    return [key, URL.canParse(value) ? `${new URL(value).origin}/\u2026` : '\u2026'];
  });
  return Object.fromEntries(shown);
}

const secretKeys: ReadonlySet<string> = new Set(['url', 'flow_api_token', 'notification_token', 'template']);
