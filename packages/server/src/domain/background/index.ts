export { cleanOutbox } from './clean-outbox.ts';
export { cleanQueue } from './clean-queue.ts';
export { drainOutbox } from './drain-outbox.ts';
export {
  cancelQueueItem,
  completeQueueItem,
  extendQueueItem,
  hasRetriesRemaining,
  returnQueueItem,
} from './end-queue-item.ts';
export { observeQueues } from './observe-queues.ts';
export { putOutboxEvent } from './put-outbox-event.ts';
export { putQueueItem } from './put-queue-item.ts';
export { findLastRun } from './queries/leases.ts';
export { countOutboxStates, type OutboxEvent } from './queries/outbox.ts';
export {
  countAlive as countAliveQueueItems,
  countStates as countQueueStates,
  deleteBelow as deleteQueueItemsBelow,
  deleteQueueItem,
  isAlive as isQueueItemAlive,
  type QueueItem,
} from './queries/queue-items.ts';
export { queueName } from './queue-name.ts';
export { queueNamesOf } from './queue-names.ts';
export { takeQueueItem } from './take-queue-item.ts';
export { type HeldLease, withLease } from './with-lease.ts';
