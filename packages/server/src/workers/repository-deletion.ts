import { runRepositoryDeletions } from '#/domain/gc/index.ts';
import type { Metrics } from '#/platform/metrics.ts';
import { minuteMs, type Worker } from './worker.ts';

/** Purges deleted repositories; nodes share the work by the queue. */
export function repositoryDeletion(options: {
  readonly metrics: Metrics['collection'];
  readonly periodMs?: number;
}): Worker {
  return {
    name: 'repository-deletion',
    periodMs: options.periodMs ?? minuteMs,
    async run(services, signal) {
      options.metrics.repositories.inc(await runRepositoryDeletions(services, { signal }));
    },
  };
}
