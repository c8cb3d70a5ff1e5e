import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, test } from 'node:test';
import { createMetrics } from '#/platform/metrics.ts';
import { eventually } from '#/testing/eventually.ts';
import { needsPrograms } from '#/testing/find-program.ts';
import { promtool, promtoolMetrics, startPrometheus } from '#/testing/prometheus-server.ts';
import { scratchDirectory } from '#/testing/scratch-directory.ts';
import { startServer } from '#/testing/server-process.ts';

const pages = resolve(import.meta.dirname, '../../../../docs');
const monitoring = join(pages, 'operations/monitoring');
const dashboard = readFileSync(join(pages, 'generated/grafana-dashboard.json'), 'utf8');
const alerts = readFileSync(join(monitoring, 'alerts.yml'), 'utf8');
const shipped = ['prometheus-node', 'prometheus-dns', 'prometheus-files', 'prometheus-kubernetes'];

interface Target {
  readonly expr: string;
}

/** Every expression of the dashboard, with its variables replaced. */
function expressions(): string[] {
  const { panels } = JSON.parse(dashboard) as { panels: readonly { readonly targets?: readonly Target[] }[] };
  return panels.flatMap(({ targets = [] }) =>
    targets.map(({ expr }) =>
      expr
        .replaceAll('$'.concat('{prefix}'), 'quay')
        .replaceAll('$job', 'wharf')
        .replaceAll('$node', '.*')
        .replaceAll('$__rate_interval', '1m'),
    ),
  );
}

/** Names of metrics in expressions, without the suffixes of histograms. */
function metricsIn(text: string): Set<string> {
  const names = [...text.matchAll(/\b((?:quay|wharf|http|process|nodejs)_[a-z0-9_]+)\b/g)].map(
    ([, name = '']) => name.replace(/_(?:bucket|sum|count)$/, (suffix) => (isRow(name) ? suffix : '')),
  );
  return new Set(names);
}

function isRow(name: string): boolean {
  return /^quay_(?:repository|user|org|robot)_count$/.test(name);
}

test('every metric of the dashboard and of the alerts exists', () => {
  const known = new Set(
    createMetrics()
      .registry.getMetricsAsArray()
      .map(({ name }) => name),
  );
  const asked = [...metricsIn(expressions().join('\n')), ...metricsIn(alerts)];
  assert.ok(asked.length > 40);
  assert.deepEqual(
    asked.filter((name) => !known.has(name)),
    [],
  );
});

describe('promtool', needsPrograms('promtool'), () => {
  for (const name of shipped) {
    test(`accepts ${name}.yml`, () => {
      promtool(monitoring, 'check', 'config', `${name}.yml`);
    });
  }

  test('every alert fires when it should, and rests when all is well', () => {
    assert.match(promtool(monitoring, 'test', 'rules', 'alerts.test.yml'), /SUCCESS/);
  });

  test('what a node answers follows the format', async () => {
    const server = await startServer();
    try {
      const text = await (await fetch(server.metricsUrl)).text();
      const verdict = promtoolMetrics(text);
      // Names that dashboards for Quay and for Node.js know break rules of style; nothing else may be found.
      const complaints = verdict
        .split('\n')
        .filter((line) => line !== '' && !/^(?:quay|bearer|nodejs)_/.test(line));
      assert.deepEqual(complaints, []);
    } finally {
      await server.dispose();
    }
  });
});

describe('Prometheus', needsPrograms('prometheus', 'promtool'), () => {
  test('scrapes two nodes that one file lists, and can run every expression of the dashboard', async () => {
    const nodes = [await startServer(), await startServer()];
    const directory = scratchDirectory();
    const configuration = readFileSync(join(monitoring, 'prometheus-files.yml'), 'utf8');
    await writeFile(join(directory, 'prometheus.yml'), configuration.replace('30s', '1s'));
    await writeFile(join(directory, 'alerts.yml'), alerts);
    const targets = nodes.map(({ metricsUrl }) => new URL(metricsUrl).host);
    await writeFile(join(directory, 'wharf-nodes.json'), JSON.stringify([{ targets }]));
    const prometheus = await startPrometheus(join(directory, 'prometheus.yml'));
    try {
      await eventually('both nodes are scraped', 30_000, async () => {
        const [sample] = await prometheus.query('sum(up{job="wharf"})');
        return sample?.value === 2;
      });
      for (const node of nodes) assert.equal((await fetch(`${node.url}/v2/`)).status, 401);
      await eventually('the requests are counted on both nodes', 30_000, async () => {
        const samples = await prometheus.query('sum by (instance) (quay_response_code{code="401"})');
        return samples.length === 2 && samples.every(({ value }) => value >= 1);
      });
      const asked = expressions();
      assert.ok(asked.length > 30);
      for (const expression of asked) await prometheus.query(expression);
      const [versions] = await prometheus.query('count(count by (version) (wharf_build_info{job="wharf"}))');
      assert.equal(versions?.value, 1);
    } finally {
      await prometheus.stop();
      for (const node of nodes) await node.dispose();
    }
  });
});
