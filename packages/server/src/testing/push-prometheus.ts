import assert from 'node:assert/strict';

export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const samplePattern = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)(?: \d+)?$/;
const labelPattern = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/y;
const suffixes = /_(?:bucket|sum|count)$/;

/** Reads the Prometheus text format strictly; throws at the first line that is not of it, or whose metric was not declared before. */
export function parsePrometheusText(text: string): Sample[] {
  assert.ok(text.endsWith('\n'), 'the last line ends');
  const types = new Map<string, string>();
  const samples: Sample[] = [];
  for (const line of text.split('\n').filter((each) => each !== '')) {
    if (line.startsWith('#')) {
      const [, name = '', type = ''] =
        /^# TYPE (\S+) (counter|gauge|histogram|summary|untyped)$/.exec(line) ?? [];
      if (name !== '') {
        assert.ok(!types.has(name), `${name} is declared once`);
        types.set(name, type);
      } else assert.match(line, /^# HELP \S+ /);
      continue;
    }
    const [, name = '', labelText = '', valueText = ''] = samplePattern.exec(line) ?? [];
    assert.notEqual(name, '', `not a sample: ${line}`);
    assert.ok(types.has(name) || types.has(name.replace(suffixes, '')), `${name} has a type`);
    const value = valueText === '+Inf' ? Number.POSITIVE_INFINITY : Number(valueText);
    // As Go reads numbers, which is what Prometheus does.
    assert.ok(!Number.isNaN(value) || /^nan$/i.test(valueText), `not a number: ${line}`);
    samples.push({ name, labels: parseLabels(labelText), value });
  }
  return samples;
}

function parseLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  labelPattern.lastIndex = 0;
  while (labelPattern.lastIndex < text.length) {
    const [, name = '', value = ''] = labelPattern.exec(text) ?? [];
    assert.notEqual(name, '', `not labels: ${text}`);
    labels[name] = value;
  }
  return labels;
}
