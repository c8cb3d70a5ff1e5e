import { withLease } from '#/domain/background/index.ts';
import { collectTags, createCollectionProgress, forgetEndedNames } from '#/domain/gc/index.ts';
import type { Metrics } from '#/platform/metrics.ts';
import { minuteMs, secondMs, type Worker } from './worker.ts';

/**
 * Removes tags that the time machine keeps no longer, with the manifests that nothing else needs; one node at a time. Their blobs are
 * left to the workers of links and of objects.
 */
export function garbageCollection(options: {
  readonly metrics: Metrics['collection'];
  readonly periodMs?: number;
}): Worker {
  const { metrics } = options;
  const progress = createCollectionProgress();
  for (const table of ['tags', 'manifests']) metrics.rows.inc({ table }, 0);
  return {
    name: 'garbage-collection',
    periodMs: options.periodMs ?? 30 * secondMs,
    async run(services, stopping) {
      await withLease(services, 'garbage-collection', 5 * minuteMs, async (lease) => {
        const signal = AbortSignal.any([stopping, lease.signal]);
        metrics.iterations.inc();
        await forgetEndedNames(services, { signal, progress });
        const { tags, manifests } = await collectTags(services, { signal, progress });
        metrics.rows.inc({ table: 'tags' }, tags);
        metrics.rows.inc({ table: 'manifests' }, manifests);
      });
    },
  };
}
