import { randomUUID } from 'node:crypto';
import type { Db } from '#/db/database.ts';
import { putOutboxEvent, queueNamesOf } from '#/domain/background/index.ts';
import type { Services } from '#/domain/services.ts';
import { eventPayload } from './event-payload.ts';
import { findNotificationEvent } from './events/all-events.ts';
import type { EventData } from './events/define-notification-event.ts';
import type { NotifiedRepository } from './methods/define-notification-method.ts';
import { listListening } from './queries.ts';

/** What every topic of notifications starts with. */
export function topicPrefix(services: Pick<Services, 'settings'>): string {
  return `${queueNamesOf(services).notifications}/`;
}

/** Topic of the outbox: one for each notification, so that a receiver that fails holds up nobody else's events. */
export function notificationTopic(services: Pick<Services, 'settings'>, notification: string): string {
  return `${topicPrefix(services)}${notification}`;
}

/** What waits in the outbox. */
export interface OutgoingEvent {
  /** The same over all attempts. */
  readonly id: string;
  readonly notification: string;
  readonly event: string;
  /** The whole payload. */
  readonly data: EventData;
  /** Made by hand: no filter applies. */
  readonly test: boolean;
}

/**
 * Tells the notifications of a repository what happened, inside the transaction `db` of the cause; writes nothing where none listens.
 * With `eventNumber`, taken under the lock of the repository's row, each receiver gets the repository's events in that order. `data` has the
 * event's own keys only.
 */
export async function announce(
  services: Pick<Services, 'clock' | 'settings'>,
  db: Db,
  input: {
    readonly repository: Pick<NotifiedRepository, 'id' | 'namespace' | 'name'>;
    readonly event: string;
    readonly data: EventData;
    readonly eventNumber?: number;
  },
): Promise<void> {
  const { repository, event, eventNumber } = input;
  const definition = findNotificationEvent(event);
  if (definition === undefined) throw new RangeError(`unknown event ${event}`);
  const listening = await listListening(db, repository.id, event);
  if (listening.length === 0) return;
  const data = eventPayload(services, definition, repository, input.data);
  for (const notification of listening) {
    const body: OutgoingEvent = { id: randomUUID(), notification, event, data, test: false };
    await putOutboxEvent(db, {
      topic: notificationTopic(services, notification),
      body,
      nowMs: services.clock.nowMs(),
      repositoryId: repository.id,
      ...(eventNumber === undefined ? {} : { order: { repositoryId: repository.id, eventNumber } }),
    });
  }
}
