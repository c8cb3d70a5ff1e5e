import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { createMetrics } from '#/platform/metrics.ts';

const page = readFileSync(resolve(import.meta.dirname, '../../../../docs/operations/running.md'), 'utf8');

interface Described {
  readonly name: string;
  readonly type: string;
  readonly labels: readonly string[];
  readonly help: string;
}

/** Rows of the table of metrics on the page. */
function documented(): Described[] {
  const rows = page.matchAll(/^\| `([a-z0-9_]+)` +\| (counter|gauge|histogram) +\| ([^|]*) \| (.*?) +\|$/gm);
  return [...rows].map(([, name = '', type = '', labels = '', help = '']) => ({
    name,
    type,
    labels: [...labels.matchAll(/`([a-z_]+)`/g)].map(([, label = '']) => label),
    help,
  }));
}

async function registered(): Promise<Described[]> {
  const { registry } = createMetrics();
  const metrics = await registry.getMetricsAsJSON();
  return metrics
    .filter(({ name }) => !/^(?:process|nodejs)_/.test(name))
    .map(({ name, type, help }) => ({
      name,
      type: String(type),
      labels: labelsOf(registry.getSingleMetric(name)),
      help,
    }));
}

function labelsOf(metric: unknown): string[] {
  assert.ok(typeof metric === 'object' && metric !== null && 'labelNames' in metric);
  assert.ok(Array.isArray(metric.labelNames));
  return metric.labelNames.map(String);
}

test('the page names every metric as it is', async () => {
  const found = await registered();
  assert.ok(found.length > 30);
  assert.deepEqual(documented(), found);
});

test('names of our own follow the rules of Prometheus', async () => {
  for (const { name, type } of await registered()) {
    if (!/^(?:wharf|http)_/.test(name)) continue;
    assert.equal(name.endsWith('_total'), type === 'counter', name);
    assert.doesNotMatch(name, /_(?:milliseconds|ms|minutes|kilobytes|count|sum|bucket)(?:_|$)/);
  }
});

test('no label is made for values that users choose', async () => {
  const unbounded = /namespace|repo(?:sitory)?(?:_name)?$|user|path|digest|tag$|^ip$/;
  for (const { name, labels } of await registered()) {
    for (const label of labels) assert.doesNotMatch(label, unbounded, name);
  }
});

test('PROMETHEUS_NAMESPACE is the prefix of the names that the page lists', async () => {
  const { registry } = createMetrics('other');
  const found = (await registry.getMetricsAsJSON())
    .map(({ name }) => name)
    .filter((name) => name.startsWith('other_'))
    .map((name) => name.slice('other_'.length).replace(/^work_queue_.*/, 'work_queue_*'));
  const sentence = /is the prefix of: ([^.]*)\./.exec(page)?.[1] ?? '';
  const listed = [...sentence.matchAll(/`([a-z0-9_*]+)`/g)].map(([, name = '']) => name);
  assert.deepEqual([...new Set(found)].sort(), listed.sort());
});
