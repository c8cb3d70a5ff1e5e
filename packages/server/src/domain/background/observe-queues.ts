/**
 * What happens to items of queues and events of the outbox. A taker found none (`nonexistant`, the word of Quay's metrics), lost one to
 * another taker (`claimed`), or has one (`acquired`).
 */
export type QueueAction = 'put' | 'nonexistant' | 'claimed' | 'acquired' | 'delete';

/** Hears of `count` items; must not throw. */
type QueueObserver = (action: QueueAction, queue: string, count: number) => void;

const observers = new Set<QueueObserver>();

/** Tells the observer what this process does to queues, once it is committed; returns the function that ends it. */
export function observeQueues(observer: QueueObserver): () => void {
  observers.add(observer);
  return () => observers.delete(observer);
}

/** `name` is that of an item, a topic or a prefix, which start with the queue. */
export function notifyObservers(action: QueueAction, name: string, count = 1): void {
  const [queue = name] = name.split('/', 1);
  for (const observer of observers) observer(action, queue, count);
}
