import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatUploadRange, parseUploadRange } from './upload-range.ts';

const taken: readonly (readonly [
  contentRange: string | undefined,
  range: string | undefined,
  expected: [number, number] | undefined,
])[] = [
  [undefined, undefined, undefined],
  ['0-1023', undefined, [0, 1023]],
  ['0-0', undefined, [0, 0]],
  ['bytes 5-9', undefined, [5, 9]],
  ['bytes=5-9/10', undefined, [5, 9]],
  ['bytes 5-9/*', undefined, [5, 9]],
  [undefined, 'bytes=0-10', [0, 9]],
  [undefined, '5-10', [5, 9]],
  [undefined, 'bytes=0-1', [0, 0]],
  ['0-1', 'bytes=5-10', [0, 1]],
];

for (const [contentRange, range, expected] of taken) {
  test(`Content-Range ${contentRange}, Range ${range}`, () => {
    const parsed = parseUploadRange({ contentRange, range });
    assert.deepEqual(parsed, expected === undefined ? undefined : { start: expected[0], end: expected[1] });
  });
}

const refused: readonly (readonly [contentRange: string | undefined, range: string | undefined])[] = [
  ['', undefined],
  ['5-4', undefined],
  ['5', undefined],
  ['a-b', undefined],
  ['-5', undefined],
  ['5-', undefined],
  ['0-9/9', undefined],
  ['bytes */5', undefined],
  ['items 0-5', undefined],
  ['0-9999999999999999', undefined],
  ['0-1,2-3', undefined],
  [undefined, 'bytes=0-0'],
  [undefined, 'bytes=5-4'],
  [undefined, 'bytes=0-'],
  [undefined, 'bytes=0-1,2-3'],
];

for (const [contentRange, range] of refused) {
  test(`Content-Range ${contentRange}, Range ${range} is refused`, () => {
    assert.throws(() => parseUploadRange({ contentRange, range }), { reason: 'range_invalid' });
  });
}

test('the reply names the last byte, and 0-0 when there is none', () => {
  assert.deepEqual([0, 1, 1024].map(formatUploadRange), ['0-0', '0-0', '0-1023']);
});
