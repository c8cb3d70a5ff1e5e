import { type NotificationMethod, retiredMethod } from './define-notification-method.ts';
import { email } from './email.ts';
import { quayNotification } from './quay-notification.ts';
import { slack } from './slack.ts';
import { webhook } from './webhook.ts';

/** Every method that a notification may have. */
export const notificationMethods: readonly NotificationMethod[] = [
  quayNotification,
  email,
  webhook,
  slack,
  retiredMethod('flowdock', 'Flowdock'),
  retiredMethod('hipchat', 'HipChat'),
];

export function findNotificationMethod(name: string): NotificationMethod | undefined {
  return notificationMethods.find((method) => method.name === name);
}
