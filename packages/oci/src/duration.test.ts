import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findDurationSeconds, parseDurationSeconds } from './duration.ts';

const cases: readonly (readonly [text: string, seconds: number | undefined])[] = [
  ['0s', 0],
  ['90s', 90],
  ['30m', 1800],
  ['1h', 3600],
  ['31d', 2_678_400],
  ['2w', 1_209_600],
  ['007d', 604_800],
  ['', undefined],
  ['2', undefined],
  ['w', undefined],
  ['2 w', undefined],
  ['2W', undefined],
  ['1y', undefined],
  ['-1d', undefined],
  ['1.5h', undefined],
  ['1h30m', undefined],
  ['1d\n', undefined],
  ['999999999999999w', undefined],
  ['1constructor', undefined],
];

for (const [text, seconds] of cases) {
  test(`${JSON.stringify(text)} is ${seconds} seconds`, () => {
    assert.equal(findDurationSeconds(text), seconds);
    if (seconds === undefined)
      assert.throws(() => parseDurationSeconds(text), { reason: 'duration_invalid' });
  });
}
