import { runNamespaceDeletions } from '#/domain/gc/index.ts';
import type { Metrics } from '#/platform/metrics.ts';
import { minuteMs, type Worker } from './worker.ts';

/** Purges deleted users and organizations with what they held; nodes share the work by the queue. */
export function namespaceDeletion(options: {
  readonly metrics: Metrics['collection'];
  readonly periodMs?: number;
}): Worker {
  return {
    name: 'namespace-deletion',
    periodMs: options.periodMs ?? minuteMs,
    async run(services, signal) {
      options.metrics.namespaces.inc(await runNamespaceDeletions(services, { signal }));
    },
  };
}
