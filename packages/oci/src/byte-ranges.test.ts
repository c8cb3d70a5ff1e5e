import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ByteRanges, parseByteRanges } from './byte-ranges.ts';

const everything: ByteRanges = { kind: 'everything' };
const unsatisfiable: ByteRanges = { kind: 'unsatisfiable' };

function ranges(...pairs: [number, number][]): ByteRanges {
  return { kind: 'ranges', ranges: pairs.map(([start, end]) => ({ start, end })) };
}

const cases: readonly (readonly [header: string | undefined, sizeBytes: number, expected: ByteRanges])[] = [
  [undefined, 2048, everything],
  ['', 2048, everything],
  ['bytes=500-1499', 2048, ranges([500, 1499])],
  ['bytes=500-', 2048, ranges([500, 2047])],
  ['bytes=-500', 2048, ranges([1548, 2047])],
  ['bytes=-5000', 2048, ranges([0, 2047])],
  ['bytes=2000-5000', 2048, ranges([2000, 2047])],
  ['bytes=0-0', 2048, ranges([0, 0])],
  ['Bytes = 1-2', 2048, ranges([1, 2])],
  ['bytes=500-0', 2048, unsatisfiable],
  ['bytes=5000-10000', 2048, unsatisfiable],
  ['bytes=2048-', 2048, unsatisfiable],
  ['bytes=-0', 2048, unsatisfiable],
  ['bytes=0-', 0, unsatisfiable],
  ['bytes=-1', 0, unsatisfiable],
  ['bytes=0-1, 5-6,', 2048, ranges([0, 1], [5, 6])],
  ['bytes=5-6,0-1', 2048, ranges([5, 6], [0, 1])],
  ['bytes=0-1,9999-', 2048, ranges([0, 1])],
  ['bytes=9999-,8888-', 2048, unsatisfiable],
  ['bytes=0-,0-', 2048, everything],
  ['bytes=0-1,x', 2048, everything],
  ['bytes=-', 2048, everything],
  ['bytes=', 2048, everything],
  ['bytes=,', 2048, everything],
  ['bytes=--1', 2048, everything],
  ['bytes=1-2-3', 2048, everything],
  ['bytes=1 2-3', 2048, everything],
  ['bytes=0x1-2', 2048, everything],
  ['bytes=1.5-2', 2048, everything],
  ['items=0-1', 2048, everything],
  [`bytes=0-${'9'.repeat(400)}`, 2048, ranges([0, 2047])],
  [`bytes=${'9'.repeat(400)}-`, 2048, unsatisfiable],
  [
    `bytes=${Array.from({ length: 16 }, (_, i) => `${i}-${i}`).join()}`,
    2048,
    ranges(...Array.from({ length: 16 }, (_, i): [number, number] => [i, i])),
  ],
  [`bytes=${Array.from({ length: 17 }, (_, i) => `${i}-${i}`).join()}`, 2048, everything],
  [`bytes=${'0-0,'.repeat(5000)}`, 2048, everything],
];

for (const [header, sizeBytes, expected] of cases) {
  test(`${String(header).slice(0, 40)} of ${sizeBytes}`, () => {
    assert.deepEqual(parseByteRanges(header, sizeBytes), expected);
  });
}
