import type { Sample } from '#/cases/bench-case.ts';
import type { MachineLimits } from '#/machine-limits.ts';
import type { Options } from '#/options.ts';
import { markdownTable } from '#/report/markdown.ts';
import { formatMetric, metrics } from '#/report/metrics.ts';
import { medians, type Result } from '#/report/results.ts';

/** The whole report in Markdown: circumstances, ratios, then all medians. */
export function renderReport(results: readonly Result[], limits: MachineLimits, options: Options): string {
  const load = results.filter(({ benchCase }) => benchCase.kind === 'load');
  const single = results.filter(({ benchCase }) => benchCase.kind === 'single');
  return [
    circumstances(limits, options),
    ...peerNames(results).flatMap((peer) => [
      `### Wharf over ${peer}`,
      `Ratios of medians. A rate above 1 and all else below 1 is in favour of Wharf.`,
      ratioTable(load, peer),
    ]),
    ...(load.length === 0 ? [] : ['### Load: medians over the rounds', loadTable(load)]),
    ...groupByCase(single).flatMap((group) => [`### ${titleOf(group)}`, singleTable(group)]),
    ...problemLines(results),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function circumstances(limits: MachineLimits, { rounds, seconds }: Options): string {
  const digest = limits.sha256MegabytesPerSecond;
  return [
    `Measured ${new Date().toISOString().slice(0, 10)}: ${limits.cores} cores (${limits.processor}), Linux ${limits.kernel}, Node ${limits.node};`,
    `${rounds} rounds of at most ${seconds} s each, servers in turn.`,
    `SHA-256 by openssl, one thread: ${digest === undefined ? 'not measured' : `${digest.toFixed(0)} MB/s`}.`,
    `Writing 100 MiB and fsync, one file: ${limits.writeMegabytesPerSecond.toFixed(0)} MB/s; 4 kB and fdatasync: ${limits.syncMs.toFixed(2)} ms.`,
    `Load average at the start ${limits.loadAverage.toFixed(1)}.`,
  ].join('\n');
}

const ratioMetrics = ['perSecond', 'p50Ms', 'p99Ms', 'cpuMs', 'peakMegabytes'];

function ratioTable(results: readonly Result[], peer: string): string {
  const rows = groupByCase(results).flatMap((group) => {
    const own = group.find(({ role }) => role === 'wharf');
    const other = group.find(({ server }) => server === peer);
    if (own === undefined || other === undefined) return [];
    const [mine, theirs] = [medians(own), medians(other)];
    const aim = own.benchCase.aim;
    return [
      [
        titleOf(group),
        ...ratioMetrics.map((name) => ratio(mine, theirs, name)),
        aim === undefined ? '' : `≥ ${aim}`,
      ],
    ];
  });
  return rows.length === 0
    ? ''
    : markdownTable(['case', 'rate', 'p50', 'p99', 'CPU each', 'peak RSS', 'aim (rate)'], rows);
}

function ratio(mine: Sample, theirs: Sample, name: string): string {
  const [above, below] = [mine[name], theirs[name]];
  return above === undefined || below === undefined || below === 0 ? '-' : (above / below).toFixed(2);
}

function loadTable(results: readonly Result[]): string {
  const names = [...ratioMetricsInFull];
  const rows = groupByCase(results).flatMap((group) =>
    group.map((result, index) => {
      const values = medians(result);
      return [
        index === 0 ? titleOf(group) : '',
        result.server,
        ...names.map((name) => formatMetric(name, values[name])),
      ];
    }),
  );
  return markdownTable(['case', 'server', ...names.map((name) => metrics[name]?.title ?? name)], rows, 2);
}

const ratioMetricsInFull = [
  'perSecond',
  'megabytesPerSecond',
  'p50Ms',
  'p90Ms',
  'p99Ms',
  'cpuMs',
  'generatorCpuMs',
  'peakMegabytes',
];

function singleTable(group: readonly Result[]): string {
  const values = group.map(medians);
  const names = Object.keys(metrics).filter((name) => values.some((sample) => sample[name] !== undefined));
  const head = ['server', ...names.map((name) => metrics[name]?.title ?? name)];
  return markdownTable(
    head,
    group.map((result, index) => [
      result.server,
      ...names.map((name) => formatMetric(name, values[index]?.[name])),
    ]),
  );
}

function groupByCase(results: readonly Result[]): Result[][] {
  const groups = new Map<string, Result[]>();
  for (const result of results) {
    groups.set(result.benchCase.name, [...(groups.get(result.benchCase.name) ?? []), result]);
  }
  return [...groups.values()];
}

function titleOf(group: readonly Result[]): string {
  const title = group[0]?.benchCase.title ?? '';
  return group[0]?.benchCase.kind === 'single' ? title.charAt(0).toUpperCase() + title.slice(1) : title;
}

function peerNames(results: readonly Result[]): string[] {
  if (!results.some(({ role }) => role === 'wharf')) return [];
  return [...new Set(results.filter(({ role }) => role === 'peer').map(({ server }) => server))];
}

function problemLines(results: readonly Result[]): string[] {
  const lines = results
    .filter(({ problem }) => problem !== undefined)
    .map(({ benchCase, server, problem }) => `- ${benchCase.name} on ${server}: ${problem}`);
  return lines.length === 0 ? [] : ['### What could not be measured', lines.join('\n')];
}
