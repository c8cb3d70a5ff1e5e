import { afterCommit } from '#/db/after-commit.ts';
import type { Db } from '#/db/database.ts';
import { notifyObservers } from './observe-queues.ts';
import { insertQueueItem } from './queries/queue-items.ts';

const defaultRetries = 5;

/** Enqueues work in the caller's transaction: it exists if and only if that commits. Returns the id of the item. */
export async function putQueueItem(
  db: Db,
  item: {
    /** Made by `queueName`. */
    readonly name: string;
    readonly body: unknown;
    readonly nowMs: number;
    readonly delayMs?: number;
    /** Attempts, 5 unless given. */
    readonly retries?: number;
  },
): Promise<number> {
  const { name, body, nowMs, delayMs = 0, retries = defaultRetries } = item;
  const id = await insertQueueItem(db, {
    queueName: name,
    body: JSON.stringify(body),
    availableAfterMs: nowMs + delayMs,
    retries,
    nowMs,
  });
  afterCommit(db, () => notifyObservers('put', name));
  return id;
}
