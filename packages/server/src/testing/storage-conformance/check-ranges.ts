import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mebibyte, objectPath, patternBytes, readAll, rejectsWith, sha256 } from './bytes.ts';
import type { Open } from './harness.ts';

/** Parts of objects. */
export function checkRanges(open: Open): void {
  const bytes = patternBytes(300_000, 3);
  const last = bytes.length - 1;
  for (const [name, start, end] of [
    ['the first byte', 0, 0],
    ['some in the middle', 1_000, 2_500],
    ['across inner borders', 65_000, 270_000],
    ['the last byte', last, last],
    ['all of it', 0, last],
    ['more than there is', last - 9, last + 1_000],
  ] as const) {
    test(`reads a range: ${name}`, async () => {
      const driver = await open();
      await driver.put(objectPath, bytes);
      const found = await readAll(driver.read(objectPath, { start, end }));
      assert.equal(sha256(found), sha256(bytes.subarray(start, end + 1)));
    });
  }

  test('a range with no byte of the object is invalid', async () => {
    const driver = await open();
    await driver.put(objectPath, Buffer.from('0123456789'));
    await rejectsWith('invalid', driver.read(objectPath, { start: 10, end: 12 }));
    await rejectsWith('invalid', driver.read(objectPath, { start: 5, end: 4 }));
    await rejectsWith('invalid', driver.read(objectPath, { start: -1, end: 4 }));
    await rejectsWith('invalid', driver.read(objectPath, { start: 0.5, end: 4 }));
  });

  test('a stream that is given up harms nobody', async () => {
    const driver = await open();
    await driver.put(objectPath, patternBytes(4 * mebibyte, 4));
    for await (const piece of await driver.read(objectPath)) {
      assert.ok(piece.length > 0);
      break;
    }
    (await driver.read(objectPath)).destroy();
    assert.equal((await driver.stat(objectPath))?.sizeBytes, 4 * mebibyte);
  });
}
