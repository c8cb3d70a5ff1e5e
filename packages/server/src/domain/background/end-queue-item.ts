import type { Services } from '#/domain/services.ts';
import {
  deleteQueueItem,
  extendItem,
  findRetries,
  type QueueItem,
  returnItem,
} from './queries/queue-items.ts';

type Reach = Pick<Services, 'database' | 'clock'>;

const defaultRetryAfterMs = 300_000;
const leastExtensionMs = 20_000;

/** The work of a taken item is done: the item goes. */
export async function completeQueueItem({ database }: Reach, item: QueueItem): Promise<void> {
  await database.transaction((db) => deleteQueueItem(db, item));
}

/**
 * Hands a taken item back for a later try, with its retry given back where the item is not to blame; returns whether any retries
 * remain.
 */
export async function returnQueueItem(
  { database, clock }: Reach,
  item: QueueItem,
  options: { readonly retryAfterMs?: number; readonly restoreRetry?: boolean } = {},
): Promise<boolean> {
  const { retryAfterMs = defaultRetryAfterMs, restoreRetry = false } = options;
  await database.transaction((db) =>
    returnItem(db, { id: item.id, availableAfterMs: clock.nowMs() + retryAfterMs, restoreRetry }),
  );
  return item.retriesRemaining + (restoreRetry ? 1 : 0) > 0;
}

/**
 * Holds a taken item for `processingMs` from now. Writes only when that is clearly later than what is stored or the body changed;
 * returns the item as it is then. Undefined when it is gone (cancelled): stop working on it.
 */
export async function extendQueueItem(
  { database, clock }: Reach,
  item: QueueItem,
  options: { readonly processingMs: number; readonly body?: unknown },
): Promise<QueueItem | undefined> {
  const body = options.body === undefined ? item.body : JSON.stringify(options.body);
  const expiresMs = clock.nowMs() + options.processingMs;
  if (body === item.body && expiresMs - item.expiresMs < leastExtensionMs) {
    return (await findRetries(database.read, item.id)) === undefined ? undefined : item;
  }
  const extended = await database.transaction((db) => extendItem(db, { id: item.id, expiresMs, body }));
  return extended ? { ...item, body, expiresMs } : undefined;
}

/** Removes an item whatever its state; returns whether it existed. */
export async function cancelQueueItem(
  { database }: Reach,
  item: Pick<QueueItem, 'id' | 'queueName'>,
): Promise<boolean> {
  return await database.transaction((db) => deleteQueueItem(db, item));
}

/** Whether the item exists and may still be tried. */
export async function hasRetriesRemaining({ database }: Reach, id: number): Promise<boolean> {
  return ((await findRetries(database.read, id)) ?? 0) > 0;
}
