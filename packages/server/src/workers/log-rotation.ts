import { withLease } from '#/domain/background/index.ts';
import { archiveActionLogs } from '#/domain/logs/index.ts';
import type { Metrics } from '#/platform/metrics.ts';
import { hourMs, minuteMs, secondMs, type Worker } from './worker.ts';

/** Moves entries of the action log to the store when they are old enough. */
export function logRotation(options: {
  /** Id of the location that takes them; undefined for the one that takes the writes. */
  readonly location: string | undefined;
  /** Without slashes at its ends. */
  readonly folder: string;
  readonly ageSeconds: number;
  readonly metrics: Metrics['logs'];
  readonly periodMs?: number;
}): Worker {
  return {
    name: 'log-rotation',
    periodMs: options.periodMs ?? 12 * hourMs,
    async run(services, signal) {
      const { storage, clock } = services;
      const location = options.location === undefined ? storage.preferred : storage.get(options.location);
      const moved = await withLease(services, 'log-rotation', 10 * minuteMs, (lease) =>
        archiveActionLogs(services, {
          location,
          folder: options.folder,
          olderThanMs: clock.nowMs() - options.ageSeconds * secondMs,
          isHeld: () => lease.isHeld(),
          signal,
        }),
      );
      options.metrics.archived.inc(moved ?? 0);
    },
  };
}
