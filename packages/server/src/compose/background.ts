import type { ServeOptions } from '#/cli/serve-options.ts';
import { startMetricsServer } from '#/ops/metrics-server.ts';
import { type MetricSnapshot, mergeSnapshots, takeSnapshot } from '#/platform/metric-snapshots.ts';
import type { Metrics } from '#/platform/metrics.ts';
import { startWorkers } from '#/workers/index.ts';
import { listWorkers } from './list-workers.ts';
import type { OpenedServices } from './open-services.ts';

/** What one process of a node does for all: background work and the port of the metrics. */
export interface Background {
  readonly metricsPort: number;
  stopWorkers(): Promise<void>;
  /** Closes the metrics port, which answers until the end. */
  close(): Promise<void>;
}

/** `collectOthers` gives the values of the other processes of this node. */
export async function startBackground(
  opened: OpenedServices,
  metrics: Metrics,
  serve: ServeOptions,
  collectOthers: () => Promise<MetricSnapshot[]>,
): Promise<Background> {
  const { configuration, services } = opened;
  const metricsServer = await startMetricsServer(
    async () => {
      const [own, others] = await Promise.all([takeSnapshot(metrics.registry), collectOthers()]);
      const all = others.length === 0 ? metrics.registry : mergeSnapshots([own, ...others]);
      return { contentType: metrics.registry.contentType, text: await all.metrics() };
    },
    serve.metricsListen,
    services.logger,
  );
  const workers = startWorkers(
    services,
    serve.roles.includes('workers') ? listWorkers(configuration, metrics) : [],
    { stagger: configuration.workers.stagger },
  );
  return {
    metricsPort: metricsServer.port,
    stopWorkers: () => workers.stop(),
    close: () => metricsServer.close(),
  };
}
