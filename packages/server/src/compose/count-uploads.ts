import { observeUploads } from '#/domain/uploads/index.ts';
import type { AnyRoute } from '#/http/route.ts';
import type { Metrics } from '#/platform/metrics.ts';

const receivingOperations: ReadonlySet<string> = new Set([
  'startUpload',
  'startUploadWithoutSlash',
  'appendChunk',
  'commitUpload',
]);

/** Feeds what the domain tells of uploads into the metrics; returns the function that ends it. */
export function countUploads(metrics: Metrics, region: string): () => void {
  const { uploads, registryTraffic } = metrics;
  return observeUploads({
    started: () => uploads.started.inc(),
    received: (bytes) => uploads.chunkSize.observe({ storage_region: region }, bytes),
    committed({ sizeBytes, stored }) {
      uploads.ended.inc({ result: stored ? 'stored' : 'already_stored' });
      if (!stored) return;
      registryTraffic.pushedBytes.inc(sizeBytes);
      registryTraffic.imagePushedBytes.inc(sizeBytes);
    },
    cancelled: (reason) => uploads.ended.inc({ result: reason }),
    reread: (bytes) => uploads.rereadBytes.inc(bytes),
  });
}

/** The same routes, with the time of those that receive a part of a blob. */
export function timeUploads<Services>(
  routes: readonly AnyRoute<Services>[],
  { uploads }: Metrics,
  region: string,
): readonly AnyRoute<Services>[] {
  return routes.map((route) => {
    if (!receivingOperations.has(route.operationId)) return route;
    return {
      ...route,
      async handle(input, services, request) {
        const hasBody =
          request.headers['transfer-encoding'] !== undefined ||
          Number(request.headers['content-length'] ?? 0) > 0;
        if (!hasBody) return route.handle(input, services, request);
        const startedAt = performance.now();
        uploads.open.inc();
        try {
          return await route.handle(input, services, request);
        } finally {
          uploads.open.dec();
          const seconds = (performance.now() - startedAt) / 1000;
          uploads.chunkTime.observe({ storage_region: region }, seconds);
          uploads.chunkDuration.observe({ region }, seconds);
        }
      },
    };
  });
}
