import { withLease } from '#/domain/background/index.ts';
import { expireBlobLinks } from '#/domain/blobs/index.ts';
import { minuteMs, type Worker } from './worker.ts';

/** Removes links of uploaded and mounted blobs whose time is over, and hands blobs that nothing uses to the deleter. */
export function blobLinkExpiry(options: { readonly periodMs?: number } = {}): Worker {
  return {
    name: 'blob-link-expiry',
    periodMs: options.periodMs ?? 5 * minuteMs,
    async run(services, signal) {
      await withLease(services, 'blob-link-expiry', 5 * minuteMs, () =>
        expireBlobLinks(services, { signal }),
      );
    },
  };
}
