import { cleanOutbox, cleanQueue } from '#/domain/background/index.ts';
import { hourMs, type Worker } from './worker.ts';

/** Removes items of work queues that used up their retries more than a day ago, and events of the outbox that were parked for a month. */
export function queueCleanup(options: { readonly periodMs?: number } = {}): Worker {
  return {
    name: 'queue-cleanup',
    periodMs: options.periodMs ?? 24 * hourMs,
    async run(services, signal) {
      await cleanQueue(services, { signal });
      await cleanOutbox(services, { signal });
    },
  };
}
