import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { editDistance, nearestName } from '#/config/nearest-name.ts';

describe('editDistance', () => {
  const cases: readonly (readonly [from: string, to: string, distance: number])[] = [
    ['', '', 0],
    ['', 'abc', 3],
    ['abc', 'abc', 0],
    ['abc', 'abd', 1],
    ['abc', 'ab', 1],
    ['abc', 'xabc', 1],
    ['abcd', 'abdc', 1],
    ['kitten', 'sitting', 3],
  ];
  for (const [from, to, distance] of cases) {
    test(`${from} to ${to}`, () => {
      assert.equal(editDistance(from, to), distance);
      assert.equal(editDistance(to, from), distance);
    });
  }
});

describe('nearestName', () => {
  const known = ['SERVER_HOSTNAME', 'SECRET_KEY', 'FEATURE_MAILING'];
  const cases: readonly (readonly [name: string, nearest: string | undefined])[] = [
    ['SERVER_HOSTNAM', 'SERVER_HOSTNAME'],
    ['SERVERHOSTNAME', 'SERVER_HOSTNAME'],
    ['SERCET_KEY', 'SECRET_KEY'],
    ['FEATURE_MALING', 'FEATURE_MAILING'],
    ['COMPLETELY_DIFFERENT', undefined],
    ['X'.repeat(100_000), undefined],
  ];
  for (const [name, nearest] of cases) {
    test(name.slice(0, 30), () => assert.equal(nearestName(name, known), nearest));
  }
});
