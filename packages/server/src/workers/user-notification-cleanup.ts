import { withLease } from '#/domain/background/index.ts';
import { cleanUserNotifications } from '#/domain/user-notifications/index.ts';
import { hourMs, minuteMs, type Worker } from './worker.ts';

/** Removes notifications of people that were dismissed or that nobody read for long. */
export function userNotificationCleanup(options: { readonly periodMs?: number } = {}): Worker {
  return {
    name: 'user-notification-cleanup',
    periodMs: options.periodMs ?? 24 * hourMs,
    async run(services, signal) {
      await withLease(services, 'user-notification-cleanup', 20 * minuteMs, () =>
        cleanUserNotifications(services, { signal }),
      );
    },
  };
}
