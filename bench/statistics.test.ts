import assert from 'node:assert/strict';
import { test } from 'node:test';
import { median, percentile } from '#/statistics.ts';

const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);

for (const [values, share, expected] of [
  [hundred, 0.5, 50],
  [hundred, 0.9, 90],
  [hundred, 0.99, 99],
  [[7], 0.01, 7],
  [[], 0.5, Number.NaN],
] as const) {
  test(`percentile ${share} of ${values.length} values`, () => {
    assert.equal(percentile(values, share), expected);
  });
}

for (const [values, expected] of [
  [[3, 1, 2], 2],
  [[10, 2, 4, 1], 3],
  [[], Number.NaN],
] as const) {
  test(`median of ${values.join(', ')}`, () => {
    assert.equal(median(values), expected);
  });
}
