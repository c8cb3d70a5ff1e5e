import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { createPayload, cutPieces, mebibyte } from '#/registry/payload.ts';

for (const sizeBytes of [100, 3 * mebibyte, 101 * mebibyte]) {
  test(`${sizeBytes} bytes have the digest that they say, and no two are alike`, () => {
    const first = createPayload(sizeBytes);
    const second = createPayload(sizeBytes);
    assert.notEqual(first.digest, second.digest);
    for (const payload of [first, second]) {
      const hash = createHash('sha256');
      let length = 0;
      for (const piece of payload.pieces()) {
        hash.update(piece);
        length += piece.length;
      }
      assert.equal(length, sizeBytes);
      assert.equal(`sha256:${hash.digest('hex')}`, payload.digest);
    }
  });
}

test('cutting keeps every byte in runs of the limit', () => {
  const pieces = ['abcdefg', 'h', 'ij'].map((text) => Buffer.from(text));
  const runs = [...cutPieces(pieces, 3)].map((run) => Buffer.concat(run).toString());
  assert.deepEqual(runs, ['abc', 'def', 'ghi', 'j']);
});
