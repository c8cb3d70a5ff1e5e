import { removeOldExports, runLogExports } from '#/domain/log-export/index.ts';
import type { Metrics } from '#/platform/metrics.ts';
import { minuteMs, type Worker } from './worker.ts';

/** Makes the exports of the action log that were asked for; nodes share the work by the queue. */
export function logExport(options: {
  readonly metrics: Metrics['logs'];
  readonly periodMs?: number;
}): Worker {
  return {
    name: 'log-export',
    periodMs: options.periodMs ?? minuteMs,
    async run(services, signal) {
      await runLogExports(services, {
        signal,
        onEnd: (status) => options.metrics.exports.inc({ status }),
      });
    },
  };
}

/** Removes the exports whose links have run out. */
export function logExportCleanup(options: { readonly periodMs?: number } = {}): Worker {
  return {
    name: 'log-export-cleanup',
    periodMs: options.periodMs ?? 5 * minuteMs,
    async run(services, signal) {
      await removeOldExports(services, { signal });
    },
  };
}
