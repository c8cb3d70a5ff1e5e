import { buildEvents } from './build-events.ts';
import type { NotificationEvent } from './define-notification-event.ts';
import { repositoryEvents } from './repository-events.ts';
import { vulnerabilityFound } from './vulnerability-found.ts';

/** Every event that a repository's notifications can be made for. */
export const notificationEvents: readonly NotificationEvent[] = [
  ...repositoryEvents,
  ...buildEvents,
  vulnerabilityFound,
];

export function findNotificationEvent(name: string): NotificationEvent | undefined {
  return notificationEvents.find((event) => event.name === name);
}
