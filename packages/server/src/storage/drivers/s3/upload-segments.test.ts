import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { StorageError } from '#/storage/driver.ts';
import { cutPieces } from './assemble-upload.ts';
import { cutSegments, parseSegments, type Segment, splitTail } from './upload-segments.ts';
import { partBytes } from './write-object.ts';

const mebibyte = 1024 * 1024;
const segment = (name: string, sizeBytes: number, objectBytes = sizeBytes): Segment => ({
  name,
  sizeBytes,
  objectBytes,
});

describe('cutSegments', () => {
  const two = [segment('a', 10), segment('b', 5)];
  for (const [wanted, expected] of [
    [0, []],
    [4, [segment('a', 4, 10)]],
    [10, [segment('a', 10)]],
    [12, [segment('a', 10), segment('b', 2, 5)]],
    [15, two],
  ] as const) {
    test(`${wanted} bytes`, () => assert.deepEqual(cutSegments(two, wanted), expected));
  }

  test('more than there is: not found', () => {
    assert.throws(
      () => cutSegments(two, 16),
      (error: unknown) => error instanceof StorageError && error.kind === 'not_found',
    );
  });
});

describe('splitTail', () => {
  test('a last segment that is too small is taken off', () => {
    const segments = [segment('a', 5 * mebibyte), segment('b', 5 * mebibyte - 1)];
    assert.deepEqual(splitTail(segments, 5 * mebibyte), { whole: [segments[0]], tail: segments[1] });
  });

  test('a last segment that is large enough stays', () => {
    const segments = [segment('a', 5 * mebibyte)];
    assert.deepEqual(splitTail(segments, 5 * mebibyte), { whole: segments, tail: undefined });
  });

  test('the smallest chunks of the largest upload stay below 10,000 segments', () => {
    let segments: Segment[] = [];
    const totalBytes = 100 * 1024 * mebibyte;
    const chunkBytes = 5 * mebibyte;
    for (let offset = 0; offset < totalBytes; offset += chunkBytes) {
      const { whole, tail } = splitTail(segments, 5 * mebibyte);
      if (tail !== undefined) segments = [...whole];
      segments.push(segment('x', chunkBytes + (tail?.sizeBytes ?? 0)));
    }
    assert.ok(segments.length < 10_000, `${segments.length} segments`);
  });
});

describe('parseSegments', () => {
  for (const [name, state] of [
    ['a name that leaves its folder', { segments: [{ name: '../x', sizeBytes: 1, objectBytes: 1 }] }],
    ['a negative size', { segments: [{ name: 'a', sizeBytes: -1, objectBytes: 1 }] }],
    ['no list', { segments: 'a' }],
  ] as const) {
    test(`refuses ${name}`, () => {
      assert.throws(
        () => parseSegments(state),
        (error: unknown) => error instanceof StorageError && error.kind === 'invalid',
      );
    });
  }
});

describe('cutPieces', () => {
  test('a whole small segment is one piece without a range', () => {
    assert.deepEqual(cutPieces('k', segment('a', 10), 10), [{ key: 'k', sizeBytes: 10 }]);
  });

  test('the used part of a segment has a range', () => {
    assert.deepEqual(cutPieces('k', segment('a', 6, 10), 10), [
      { key: 'k', sizeBytes: 6, range: { start: 0, end: 5 } },
    ]);
  });

  test('a large segment is cut into equal pieces, none larger than the store copies', () => {
    const pieces = cutPieces('k', segment('a', 101), 25);
    assert.deepEqual(
      pieces.map((piece) => piece.sizeBytes),
      [21, 21, 21, 21, 17],
    );
    assert.deepEqual(pieces.at(-1)?.range, { start: 84, end: 100 });
  });
});

describe('partBytes', () => {
  test('10,000 parts hold more than 290 GiB, and the first are 8 MiB', () => {
    let sum = 0;
    for (let index = 0; index < 10_000; index += 1) sum += partBytes(index, 5 * mebibyte);
    assert.ok(sum > 290 * 1024 * mebibyte);
    assert.equal(partBytes(0, 5 * mebibyte), 8 * mebibyte);
    assert.equal(partBytes(2_499, 5 * mebibyte), 8 * mebibyte);
  });

  test('is never below what the store asks for', () => {
    assert.equal(partBytes(0, 100 * mebibyte), 100 * mebibyte);
  });
});
