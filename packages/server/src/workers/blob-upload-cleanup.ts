import { withLease } from '#/domain/background/index.ts';
import { cleanUploads } from '#/domain/uploads/index.ts';
import { hourMs, minuteMs, type Worker } from './worker.ts';

/** Ends uploads that nobody touched for two days and removes what is left of uploads in the stores. */
export function blobUploadCleanup(options: { readonly periodMs?: number } = {}): Worker {
  return {
    name: 'blob-upload-cleanup',
    periodMs: options.periodMs ?? hourMs,
    async run(services, signal) {
      await withLease(services, 'blob-upload-cleanup', 20 * minuteMs, () =>
        cleanUploads(services, { signal }),
      );
    },
  };
}
