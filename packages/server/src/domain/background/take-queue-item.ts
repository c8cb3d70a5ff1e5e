import type { Services } from '#/domain/services.ts';
import { notifyObservers } from './observe-queues.ts';
import { claimItem, findNextInOrder, listAvailable, type QueueItem } from './queries/queue-items.ts';

const candidates = 50;
const defaultProcessingMs = 300_000;

/**
 * Takes one item of a queue for `processingMs` and uses up one of its retries; undefined when there is none, or when others were
 * faster on each try. Any number of nodes may take at once: a random pick among the oldest keeps them apart. With `ordered`, items
 * of the same name are handed out one after another.
 */
export async function takeQueueItem(
  services: Pick<Services, 'database' | 'clock'>,
  options: { readonly prefix: string; readonly processingMs?: number; readonly ordered?: boolean },
): Promise<QueueItem | undefined> {
  const { database, clock } = services;
  const nowMs = clock.nowMs();
  const expiresMs = nowMs + (options.processingMs ?? defaultProcessingMs);
  const candidate =
    options.ordered === true
      ? await findNextInOrder(database.read, { prefix: options.prefix, nowMs })
      : pick(await listAvailable(database.read, { prefix: options.prefix, nowMs, limit: candidates }));
  if (candidate === undefined) {
    notifyObservers('nonexistant', options.prefix);
    return undefined;
  }
  const { id, stateId, queueName, body, retriesRemaining } = candidate;
  const claimed = await database.transaction((db) => claimItem(db, { id, stateId, expiresMs }));
  notifyObservers(claimed ? 'acquired' : 'claimed', options.prefix);
  return claimed ? { id, queueName, body, retriesRemaining: retriesRemaining - 1, expiresMs } : undefined;
}

function pick<T>(values: readonly T[]): T | undefined {
  return values[Math.floor(Math.random() * values.length)];
}
