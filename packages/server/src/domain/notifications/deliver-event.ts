import { z } from 'zod';
import type { Services } from '#/domain/services.ts';
import { findNotificationEvent } from './events/all-events.ts';
import { findNotificationMethod } from './methods/all-methods.ts';
import type { Delivery } from './methods/define-notification-method.ts';
import { addFailure, clearFailures, findStoredNotification } from './queries.ts';
import { mostFailures } from './repository-notification.ts';

/** `dropped`: the notification is gone, rests, is retired or does not want this event. */
export type DeliveryResult = 'delivered' | 'failed' | 'dropped';

const outgoingSchema = z.object({
  id: z.string(),
  notification: z.string(),
  event: z.string(),
  data: z.record(z.string(), z.unknown()),
  test: z.boolean(),
});

/** Sends one waiting event, whose body announce wrote; counts failures in a row. Throws when it has to be tried again. */
export async function deliverEvent(
  services: Services,
  body: string,
  onResult: (method: string, result: DeliveryResult) => void = () => undefined,
): Promise<void> {
  const { database } = services;
  const outgoing = outgoingSchema.parse(JSON.parse(body));
  const { data } = outgoing;
  const notification = await findStoredNotification(database.read, outgoing.notification);
  if (notification === undefined) return onResult('none', 'dropped');
  const { uuid, title, repository, numberOfFailures, eventConfig } = notification;
  const event = findNotificationEvent(outgoing.event);
  const method = findNotificationMethod(notification.method);
  const rests = numberOfFailures >= mostFailures;
  if (event === undefined || method === undefined || method.retired || rests)
    return onResult(method?.name ?? 'unknown', 'dropped');
  if (!outgoing.test && !event.isWanted(data, eventConfig)) return onResult(method.name, 'dropped');
  const delivery: Delivery = {
    id: outgoing.id,
    notification: { uuid, title },
    repository,
    event: event.name,
    level: event.level(data),
    repositoryName: String(data.repository),
    summary: event.summary(String(data.repository), data),
    data,
    homepage: String(data.homepage),
  };
  try {
    await method.deliver(services, delivery, notification.config);
  } catch (error) {
    await database.transaction((db) => addFailure(db, uuid));
    onResult(method.name, 'failed');
    throw error;
  }
  if (numberOfFailures > 0) await database.transaction((db) => clearFailures(db, uuid));
  onResult(method.name, 'delivered');
}
