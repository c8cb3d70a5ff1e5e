import { type DeliveryResult, deliverNotifications } from '#/domain/notifications/index.ts';
import { secondMs, type Worker } from './worker.ts';

/** Sends what repositories have to tell; nodes share the work by claims. */
export function notificationDelivery(
  options: {
    readonly periodMs?: number;
    readonly onResult?: (method: string, result: DeliveryResult) => void;
  } = {},
): Worker {
  const { onResult } = options;
  return {
    name: 'notification-delivery',
    periodMs: options.periodMs ?? 5 * secondMs,
    async run(services, signal) {
      await deliverNotifications(services, { signal, ...(onResult === undefined ? {} : { onResult }) });
    },
  };
}
