import { randomUUID } from 'node:crypto';
import { putOutboxEvent } from '#/domain/background/index.ts';
import { DomainError } from '#/domain/errors.ts';
import type { Services } from '#/domain/services.ts';
import { notificationTopic, type OutgoingEvent } from './announce.ts';
import { getNotification } from './change-repository-notification.ts';
import { eventPayload } from './event-payload.ts';
import { findNotificationEvent } from './events/all-events.ts';
import type { NotifiedRepository } from './methods/define-notification-method.ts';

/** Sends the event's sample soon. Throws DomainError `invalid_request` where there is no such notification. */
export async function testRepositoryNotification(
  services: Services,
  { repository, uuid }: { readonly repository: NotifiedRepository; readonly uuid: string },
): Promise<void> {
  await services.database.transaction(async (db) => {
    const notification = await getNotification(db, repository.id, uuid);
    const event = findNotificationEvent(notification.event);
    if (event === undefined)
      throw new DomainError('invalid_request', `This registry has no event "${notification.event}".`);
    const data = eventPayload(services, event, repository, event.sample(repository));
    const body: OutgoingEvent = { id: randomUUID(), notification: uuid, event: event.name, data, test: true };
    await putOutboxEvent(db, {
      topic: notificationTopic(services, uuid),
      body,
      nowMs: services.clock.nowMs(),
      repositoryId: repository.id,
    });
  });
}
