import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { failingAfter, mebibyte, objectPath, patternBytes, readAll, rejectsWith, sha256 } from './bytes.ts';
import type { Open } from './harness.ts';

/** Whole objects: put, read, replace, remove, self-test. */
export function checkObjects(open: Open): void {
  for (const sizeBytes of [0, 1, 70_000, 9 * mebibyte + 1]) {
    test(`puts and reads ${sizeBytes} bytes from a buffer and from a stream`, async () => {
      const driver = await open();
      const bytes = patternBytes(sizeBytes, 1);
      assert.deepEqual(await driver.put('a/buffer', bytes), { sizeBytes });
      assert.deepEqual(await driver.put('a/stream', await driver.read('a/buffer')), { sizeBytes });
      assert.deepEqual(await driver.stat('a/stream'), { sizeBytes });
      assert.equal(sha256(await driver.readSmall('a/stream')), sha256(bytes));
      assert.equal(sha256(await readAll(driver.read('a/stream'))), sha256(bytes));
    });
  }

  test('replaces an object as a whole', async () => {
    const driver = await open();
    await driver.put(objectPath, Buffer.from('a longer old text'));
    await driver.put(objectPath, Buffer.from('new'));
    assert.equal((await driver.readSmall(objectPath)).toString(), 'new');
  });

  for (const sizeBytes of [10, 9 * mebibyte]) {
    test(`a put whose source fails after ${sizeBytes} bytes leaves the old object`, async () => {
      const driver = await open();
      await driver.put(objectPath, Buffer.from('old'));
      const failure = new Error('the source failed');
      const source = Readable.from(failingAfter([patternBytes(sizeBytes, 2)], failure), {
        objectMode: false,
      });
      await assert.rejects(driver.put(objectPath, source), failure);
      assert.equal((await driver.readSmall(objectPath)).toString(), 'old');
    });
  }

  test('an absent object is not found, and its removal is no error', async () => {
    const driver = await open();
    assert.equal(await driver.stat(objectPath), undefined);
    await rejectsWith('not_found', driver.read(objectPath));
    await rejectsWith('not_found', driver.read(objectPath, { start: 0, end: 0 }));
    await rejectsWith('not_found', driver.readSmall(objectPath));
    if (driver.openFile !== undefined) await rejectsWith('not_found', driver.openFile(objectPath));
    await driver.remove(objectPath);
  });

  test('a removed object is gone; its neighbour and its folder stay usable', async () => {
    const driver = await open();
    await driver.put('sha256/ab/one', Buffer.from('1'));
    await driver.put('sha256/ab/two', Buffer.from('2'));
    await driver.remove('sha256/ab/one');
    await driver.remove('sha256/ab/one');
    assert.equal(await driver.stat('sha256/ab/one'), undefined);
    assert.equal((await driver.readSmall('sha256/ab/two')).toString(), '2');
    await driver.put('sha256/ab/one', Buffer.from('3'));
    assert.equal((await driver.readSmall('sha256/ab/one')).toString(), '3');
  });

  test('an open file reads at any position, where the driver has files', async () => {
    const driver = await open();
    await driver.put(objectPath, Buffer.from('0123456789'));
    if (driver.openFile === undefined) return;
    const handle = await driver.openFile(objectPath);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 3);
    await handle.close();
    assert.equal(buffer.toString('utf8', 0, bytesRead), '3456');
  });

  test('checks itself, more than once', async () => {
    const driver = await open();
    await driver.check();
    await driver.check();
    assert.ok(((await driver.stat('_verify'))?.sizeBytes ?? 0) > 0);
  });
}
