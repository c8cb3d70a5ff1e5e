import { runBlobDeletions } from '#/domain/blobs/index.ts';
import type { Metrics } from '#/platform/metrics.ts';
import { secondMs, type Worker } from './worker.ts';

/** Removes the objects of deleted blobs; nodes share the work by claims. */
export function blobDeletion(
  options: { readonly periodMs?: number; readonly metrics?: Metrics['collection'] } = {},
): Worker {
  return {
    name: 'blob-deletion',
    periodMs: options.periodMs ?? 30 * secondMs,
    async run(services, signal) {
      const { removed } = await runBlobDeletions(services, { signal });
      options.metrics?.blobs.inc(removed);
    },
  };
}
