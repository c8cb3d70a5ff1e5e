import { runBlobDeletions } from '#/domain/blobs/index.ts';
import { secondMs, type Worker } from './worker.ts';

/** Removes the objects of deleted blobs; nodes share the work by claims. */
export function blobDeletion(options: { readonly periodMs?: number } = {}): Worker {
  return {
    name: 'blob-deletion',
    periodMs: options.periodMs ?? 30 * secondMs,
    async run(services, signal) {
      await runBlobDeletions(services, { signal });
    },
  };
}
