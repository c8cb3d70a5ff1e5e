import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { mebibyte, objectPath, patternBytes, pieces, readAll, sha256, throughJson } from './bytes.ts';
import type { Open, StorageHarness } from './harness.ts';
import { startUpload } from './running-upload.ts';

/** Small, empty, just above the smallest part of an object store, exactly a usual part, and odd. */
const chunkSizes = [1, 0, 70_000, 5 * mebibyte + 3, 17, 8 * mebibyte, 2_000_001, 6 * mebibyte, 5];

/** Uploads that grow, across restarts and lost rows. */
export function checkUploads(open: Open, openStore: StorageHarness['open']): void {
  test('an upload grows by chunks of any size, each after a restart', async () => {
    const { reopen } = await openStore();
    const chunks = chunkSizes.map((size, index) => patternBytes(size, index));
    const whole = Buffer.concat(chunks);
    const uploadId = randomUUID();
    let state = await (await reopen()).startUpload(uploadId);
    let offset = 0;
    for (const chunk of chunks) {
      const driver = await reopen();
      const result = await driver.append(uploadId, throughJson(state), offset, pieces(chunk, 65_536));
      assert.equal(result.writtenBytes, chunk.length);
      assert.equal('sourceError' in result, false);
      state = result.state;
      offset += chunk.length;
      const stored = await readAll(driver.readUpload(uploadId, throughJson(state), offset));
      assert.equal(sha256(stored), sha256(whole.subarray(0, offset)));
    }
    const driver = await reopen();
    await driver.completeUpload(uploadId, throughJson(state), offset, objectPath);
    assert.deepEqual(await driver.stat(objectPath), { sizeBytes: whole.length });
    assert.equal(sha256(await readAll(driver.read(objectPath))), sha256(whole));
  });

  test('many tiny chunks make one object', async () => {
    const driver = await open();
    const upload = await startUpload(driver);
    for (let index = 0; index < 40; index += 1) await upload.append(Buffer.from(`${index},`));
    await upload.complete(objectPath);
    const expected = Array.from({ length: 40 }, (_, index) => `${index},`).join('');
    assert.equal((await driver.readSmall(objectPath)).toString(), expected);
  });

  test('a source of single bytes is no burden', async () => {
    const driver = await open();
    const upload = await startUpload(driver);
    const bytes = patternBytes(300_000, 8);
    await upload.appendFrom(pieces(bytes, 1));
    await upload.complete(objectPath);
    assert.equal(sha256(await readAll(driver.read(objectPath))), sha256(bytes));
  });

  test('an upload without a byte becomes an empty object', async () => {
    const driver = await open();
    const upload = await startUpload(driver);
    await upload.complete('sha256/aa/none');
    assert.deepEqual(await driver.stat('sha256/aa/none'), { sizeBytes: 0 });
    const other = await startUpload(driver);
    await other.append(Buffer.alloc(0));
    await other.complete('sha256/aa/empty');
    assert.deepEqual(await driver.stat('sha256/aa/empty'), { sizeBytes: 0 });
  });

  for (const lostBytes of [3, 6 * mebibyte]) {
    test(`what was written but never stored is dropped (${lostBytes} bytes)`, async () => {
      const { driver, reopen } = await openStore();
      const kept = patternBytes(5 * mebibyte + 7, 1);
      const upload = await startUpload(driver);
      await upload.append(kept);
      await driver.append(
        upload.id,
        upload.state(),
        upload.offset(),
        pieces(patternBytes(lostBytes, 2), 999),
      );
      const again = await reopen();
      const rest = Buffer.from('the rest');
      const result = await again.append(upload.id, throughJson(upload.state()), kept.length, pieces(rest, 3));
      const sizeBytes = kept.length + rest.length;
      await again.completeUpload(upload.id, result.state, sizeBytes, objectPath);
      assert.equal(sha256(await readAll(again.read(objectPath))), sha256(Buffer.concat([kept, rest])));
    });
  }

  for (const [name, cut] of [
    ['inside the first chunk', 5],
    ['between chunks', 6 * mebibyte],
    ['inside the last chunk', 6 * mebibyte + 70_000],
  ] as const) {
    test(`an append at an older offset, ${name}, drops what is beyond`, async () => {
      const driver = await open();
      const first = patternBytes(6 * mebibyte, 1);
      const second = patternBytes(100_000, 2);
      const upload = await startUpload(driver);
      await upload.append(first);
      await upload.append(second);
      const rest = Buffer.from('instead');
      const result = await driver.append(upload.id, upload.state(), cut, pieces(rest, 4));
      await driver.completeUpload(upload.id, result.state, cut + rest.length, objectPath);
      const expected = Buffer.concat([Buffer.concat([first, second]).subarray(0, cut), rest]);
      assert.equal(sha256(await readAll(driver.read(objectPath))), sha256(expected));
    });
  }

  test('completion takes the stated number of bytes, not what else is there', async () => {
    const driver = await open();
    const bytes = patternBytes(11 * mebibyte, 5);
    for (const sizeBytes of [4, 5 * mebibyte + 1, 10 * mebibyte, bytes.length]) {
      const upload = await startUpload(driver);
      await upload.append(bytes.subarray(0, 6 * mebibyte));
      await upload.append(bytes.subarray(6 * mebibyte));
      await driver.completeUpload(upload.id, upload.state(), sizeBytes, objectPath);
      const found = await readAll(driver.read(objectPath));
      assert.equal(sha256(found), sha256(bytes.subarray(0, sizeBytes)), `${sizeBytes} bytes`);
    }
  });
}
