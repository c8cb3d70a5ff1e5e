import type { ServeOptions } from '#/cli/serve-options.ts';
import type { Configuration } from '#/config/configuration.ts';
import { startMetricsServer } from '#/ops/metrics-server.ts';
import { type MetricSnapshot, mergeSnapshots, takeSnapshot } from '#/platform/metric-snapshots.ts';
import type { Metrics } from '#/platform/metrics.ts';
import { type RunningWorkers, startWorkers } from '#/workers/index.ts';
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
  const { live, services } = opened;
  const metricsServer = await startMetricsServer(
    async () => {
      const [own, others] = await Promise.all([takeSnapshot(metrics.registry), collectOthers()]);
      const all = others.length === 0 ? metrics.registry : mergeSnapshots([own, ...others]);
      return { contentType: metrics.registry.contentType, text: await all.metrics() };
    },
    serve.metricsListen,
    services.logger,
  );
  const start = (configuration: Configuration): RunningWorkers =>
    startWorkers(services, serve.roles.includes('workers') ? listWorkers(configuration, metrics) : [], {
      stagger: configuration.workers.stagger,
    });
  let workers = start(live.current);
  let turn = Promise.resolve();
  let stopping = false;
  const endFollowing = live.onChange(() => {
    // A run may take a while to end; the change itself does not wait for it.
    turn = turn.then(async () => {
      await workers.stop();
      if (!stopping) workers = start(live.current);
    });
  });
  return {
    metricsPort: metricsServer.port,
    async stopWorkers() {
      stopping = true;
      endFollowing();
      await Promise.all([turn, workers.stop()]);
    },
    close: () => metricsServer.close(),
  };
}
