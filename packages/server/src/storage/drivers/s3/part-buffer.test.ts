import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createPartBuffer } from './part-buffer.ts';
import { createPartPlaces } from './part-places.ts';

const mebibyte = 1024 * 1024;

describe('createPartBuffer', () => {
  test('gathers pieces in order, whatever their size, and starts anew after it was taken', async () => {
    const part = createPartBuffer(createPartPlaces(mebibyte, 1));
    const expected: Buffer[] = [];
    for (const size of [1, 0, 70_000, 3, 200_000]) {
      const piece = Buffer.alloc(size, size % 251);
      expected.push(piece);
      assert.equal(await part.add(piece, 1_000_000), size);
    }
    assert.equal(part.sizeBytes(), 270_004);
    const taken = part.take();
    assert.equal(part.sizeBytes(), 0);
    await part.add(Buffer.from('other'), 1_000_000);
    assert.ok(taken.bytes.equals(Buffer.concat(expected)));
    assert.equal(part.take().bytes.toString(), 'other');
    assert.equal(part.take().bytes.length, 0);
  });

  test('takes no more than the limit', async () => {
    const part = createPartBuffer(createPartPlaces(mebibyte, 1));
    assert.equal(await part.add(Buffer.from('abcdef'), 4), 4);
    assert.equal(await part.add(Buffer.from('ef'), 4), 0);
    assert.equal(part.take().bytes.toString(), 'abcd');
  });

  test('waits for a place when it gets large, and gives it back when its part is released', async () => {
    const places = createPartPlaces(mebibyte, 60_000);
    const first = createPartBuffer(places);
    const second = createPartBuffer(places);
    await first.add(Buffer.alloc(100_000), mebibyte);
    assert.equal(await second.add(Buffer.alloc(65_536), mebibyte), 65_536, 'a small part needs none');
    let isAdded = false;
    const adding = second.add(Buffer.alloc(1), mebibyte).then(() => {
      isAdded = true;
    });
    const part = first.take();
    await new Promise(setImmediate);
    assert.equal(isAdded, false, 'a part on its way to the store keeps its place');
    part.release();
    await adding;
    second.take().release();
    const third = createPartBuffer(places);
    await third.reserve(mebibyte);
    third.take().release();
  });
});
