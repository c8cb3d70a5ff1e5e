import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createPartBuffer } from './part-buffer.ts';

describe('createPartBuffer', () => {
  test('gathers pieces in order, whatever their size, and starts anew after it was taken', () => {
    const part = createPartBuffer();
    const expected: Buffer[] = [];
    for (const size of [1, 0, 70_000, 3, 200_000]) {
      const piece = Buffer.alloc(size, size % 251);
      expected.push(piece);
      assert.equal(part.add(piece, 1_000_000), size);
    }
    assert.equal(part.sizeBytes(), 270_004);
    const taken = part.take();
    assert.equal(part.sizeBytes(), 0);
    part.add(Buffer.from('other'), 1_000_000);
    assert.ok(taken.equals(Buffer.concat(expected)));
    assert.equal(part.take().toString(), 'other');
    assert.equal(part.take().length, 0);
  });

  test('takes no more than the limit', () => {
    const part = createPartBuffer();
    assert.equal(part.add(Buffer.from('abcdef'), 4), 4);
    assert.equal(part.add(Buffer.from('ef'), 4), 0);
    assert.equal(part.take().toString(), 'abcd');
  });
});
