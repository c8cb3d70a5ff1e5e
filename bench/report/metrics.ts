interface Metric {
  readonly title: string;
  readonly decimals: number;
}

/** Every number that a case can return, in the order of the tables. */
export const metrics: Readonly<Record<string, Metric>> = {
  perSecond: { title: 'per second', decimals: 1 },
  megabytesPerSecond: { title: 'MB/s', decimals: 0 },
  p50Ms: { title: 'p50 ms', decimals: 2 },
  p90Ms: { title: 'p90 ms', decimals: 2 },
  p99Ms: { title: 'p99 ms', decimals: 2 },
  cpuMs: { title: 'server CPU ms each', decimals: 2 },
  generatorCpuMs: { title: 'generator CPU ms each', decimals: 2 },
  peakMegabytes: { title: 'peak RSS MB', decimals: 0 },
  gibibytes: { title: 'upload GiB', decimals: 0 },
  transfers: { title: 'transfers', decimals: 0 },
  mebibytes: { title: 'MiB each', decimals: 0 },
  seconds: { title: 'seconds', decimals: 1 },
  cpuSeconds: { title: 'server CPU seconds', decimals: 1 },
  idleMegabytes: { title: 'RSS before, MB', decimals: 0 },
  addedMegabytes: { title: 'added RSS MB', decimals: 0 },
  quietPerSecond: { title: 'pulls a second, quiet', decimals: 0 },
  stormPerSecond: { title: 'pulls a second, in the storm', decimals: 0 },
  keptShare: { title: 'share kept', decimals: 2 },
  logInsPerSecond: { title: 'granted a second', decimals: 1 },
  refusedPerSecond: { title: 'refused a second', decimals: 1 },
  throttledPerSecond: { title: 'put off a second', decimals: 1 },
  coldPerSecond: { title: 'asked of the directory, a second', decimals: 0 },
  warmPerSecond: { title: 'held, a second', decimals: 0 },
  startMs: { title: 'ms', decimals: 0 },
  fewSeconds: { title: 'among few, s', decimals: 2 },
  manySeconds: { title: 'among many, s', decimals: 2 },
  fewCpuSeconds: { title: 'among few, CPU s here', decimals: 2 },
  manyCpuSeconds: { title: 'among many, CPU s here', decimals: 2 },
  fewFirstMs: { title: 'first page of few, ms', decimals: 2 },
  manyFirstMs: { title: 'first page of many, ms', decimals: 2 },
  fewMiddleMs: { title: 'middle page of few, ms', decimals: 2 },
  manyMiddleMs: { title: 'middle page of many, ms', decimals: 2 },
  fewLastMs: { title: 'last page of few, ms', decimals: 2 },
  manyLastMs: { title: 'last page of many, ms', decimals: 2 },
  fewLiveMiddleMs: { title: 'middle page of few live ones, ms', decimals: 2 },
  manyLiveMiddleMs: { title: 'middle page of many live ones, ms', decimals: 2 },
  fewLiveLastMs: { title: 'last page of few live ones, ms', decimals: 2 },
  manyLiveLastMs: { title: 'last page of many live ones, ms', decimals: 2 },
  fewTokenMs: { title: 'page by token of few, ms', decimals: 2 },
  manyTokenMs: { title: 'page by token of many, ms', decimals: 2 },
  fewNamedMs: { title: 'one name of few, ms', decimals: 2 },
  manyNamedMs: { title: 'one name of many, ms', decimals: 2 },
  fewContainsMs: { title: 'no name of few contains it, ms', decimals: 2 },
  manyContainsMs: { title: 'no name of many contains it, ms', decimals: 2 },
  ownMs: { title: 'own ones, ms', decimals: 2 },
  ownAndPublicMs: { title: 'own and public ones, ms', decimals: 2 },
  http1Alone: { title: 'one layer, HTTP/1.1, MB/s', decimals: 1 },
  http2Alone: { title: 'one layer, HTTP/2, MB/s', decimals: 1 },
  http1Together: { title: 'eight layers, HTTP/1.1, MB/s', decimals: 1 },
  http2Together: { title: 'eight layers, HTTP/2, MB/s', decimals: 1 },
  fsyncsAlone: { title: 'one at a time', decimals: 1 },
  fsyncsTogether: { title: 'eight at once', decimals: 1 },
};

/** A number as the tables print it. */
export function formatMetric(name: string, value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return '-';
  return value.toFixed(metrics[name]?.decimals ?? 2);
}
