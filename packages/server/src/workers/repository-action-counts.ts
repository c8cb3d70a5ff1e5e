import { withLease } from '#/domain/background/index.ts';
import { countRepositoryActions } from '#/domain/repositories/index.ts';
import { hourMs, minuteMs, type Worker } from './worker.ts';

/** Counts what happened in each repository on the days that are over; most runs find nothing to do. */
export function repositoryActionCounts(options: {
  /** `FEATURE_CLEAR_EXPIRED_RAC_ENTRIES` */
  readonly keepsShort: boolean;
  readonly periodMs?: number;
}): Worker {
  return {
    name: 'repository-action-counts',
    periodMs: options.periodMs ?? hourMs,
    async run(services, signal) {
      await withLease(services, 'repository-action-counts', 10 * minuteMs, (lease) =>
        countRepositoryActions(services, {
          keepsShort: options.keepsShort,
          signal: AbortSignal.any([signal, lease.signal]),
        }),
      );
    },
  };
}
