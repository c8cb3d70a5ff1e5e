import { withLease } from '#/domain/background/index.ts';
import { measureRegistrySize } from '#/domain/blobs/index.ts';
import { minuteMs, secondMs, type Worker } from './worker.ts';

/** Measures what the registry holds when a superuser asked for it; one node at a time. */
export function registrySize(): Worker {
  return {
    name: 'registry-size',
    periodMs: 30 * secondMs,
    async run(services, stopping) {
      await withLease(services, 'registry-size', 2 * minuteMs, (lease) =>
        measureRegistrySize(services, { signal: AbortSignal.any([stopping, lease.signal]) }),
      );
    },
  };
}
