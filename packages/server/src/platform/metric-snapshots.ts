import {
  AggregatorRegistry,
  type MetricObjectWithValues,
  type MetricValue,
  type Registry,
} from 'prom-client';

/** All values of one process at one moment; plain data that can be sent to another process. */
export type MetricSnapshot = MetricObjectWithValues<MetricValue<string>>[];

export function takeSnapshot(registry: Registry): Promise<MetricSnapshot> {
  return registry.getMetricsAsJSON();
}

/** One registry with the sums, maxima and so on that the metrics themselves ask for. */
export function mergeSnapshots(snapshots: readonly MetricSnapshot[]): Registry {
  return AggregatorRegistry.aggregate([...snapshots]);
}

/**
 * What must go on counting when a process is gone: its counters and histograms, added to those of earlier ones. Without them the node's
 * sums would fall, which Prometheus takes for a restart of everything.
 */
export async function addDeparted(
  departed: MetricSnapshot,
  last: MetricSnapshot | undefined,
): Promise<MetricSnapshot> {
  if (last === undefined) return departed;
  const kept = last.filter(({ type }) => String(type) === 'counter' || String(type) === 'histogram');
  return takeSnapshot(mergeSnapshots([departed, kept]));
}
