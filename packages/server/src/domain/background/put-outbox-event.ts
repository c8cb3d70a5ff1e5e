import { afterCommit } from '#/db/after-commit.ts';
import type { Db } from '#/db/database.ts';
import { notifyObservers } from './observe-queues.ts';
import { insertOutboxEvent } from './queries/outbox.ts';

/**
 * Records a delivery in the transaction of its cause. `order` makes the events of one repository and topic go out one after another:
 * a number taken under the lock of the repository's row.
 */
export async function putOutboxEvent(
  db: Db,
  event: {
    readonly topic: string;
    readonly body: unknown;
    readonly nowMs: number;
    readonly repositoryId?: number;
    readonly order?: { readonly repositoryId: number; readonly eventNumber: number };
    readonly delayMs?: number;
  },
): Promise<number> {
  const id = await insertOutboxEvent(db, {
    topic: event.topic,
    repositoryId: event.order?.repositoryId ?? event.repositoryId ?? null,
    eventNumber: event.order?.eventNumber ?? null,
    body: JSON.stringify(event.body),
    nowMs: event.nowMs,
    availableAfterMs: event.nowMs + (event.delayMs ?? 0),
  });
  afterCommit(db, () => notifyObservers('put', event.topic));
  return id;
}
