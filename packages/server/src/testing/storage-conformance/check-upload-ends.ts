import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import {
  cutPieces,
  failingAfter,
  farFuture,
  mebibyte,
  objectPath,
  patternBytes,
  pieces,
  readAll,
  rejectsWith,
  sha256,
  throughJson,
} from './bytes.ts';
import type { Open, StorageHarness } from './harness.ts';
import { startUpload } from './running-upload.ts';

/** Failing sources, completion, cancelling, many uploads at once. */
export function checkUploadEnds(open: Open, openStore: StorageHarness['open']): void {
  test('more bytes than the store holds: not found', async () => {
    const driver = await open();
    const upload = await startUpload(driver);
    await rejectsWith('not_found', driver.append(upload.id, upload.state(), 1, pieces(Buffer.from('x'), 1)));
    await upload.append(Buffer.from('12345'));
    await rejectsWith('not_found', driver.append(upload.id, upload.state(), 6, pieces(Buffer.from('x'), 1)));
    await rejectsWith('not_found', driver.completeUpload(upload.id, upload.state(), 6, objectPath));
    await rejectsWith('not_found', readAll(driver.readUpload(upload.id, upload.state(), 6)));
    assert.equal(await driver.stat(objectPath), undefined);
    await upload.complete(objectPath);
    assert.equal((await driver.readSmall(objectPath)).toString(), '12345');
  });

  for (const arrivedBytes of [0, 100_000, 9 * mebibyte]) {
    test(`a source that fails after ${arrivedBytes} bytes: they are kept and the upload goes on`, async () => {
      const { driver, reopen } = await openStore();
      const first = patternBytes(1_000, 1);
      const arrived = patternBytes(arrivedBytes, 2);
      const failure = new Error('the client went away');
      const upload = await startUpload(driver);
      await upload.append(first);
      const source = failingAfter([...cutPieces(arrived, 60_000)], failure);
      const result = await driver.append(upload.id, upload.state(), first.length, source);
      assert.equal(result.writtenBytes, arrived.length);
      assert.equal(result.sourceError, failure);

      const again = await reopen();
      const offset = first.length + arrived.length;
      const rest = Buffer.from('the rest');
      const ended = await again.append(upload.id, throughJson(result.state), offset, pieces(rest, 100));
      await again.completeUpload(upload.id, ended.state, offset + rest.length, objectPath);
      const expected = Buffer.concat([first, arrived, rest]);
      assert.equal(sha256(await readAll(again.read(objectPath))), sha256(expected));
    });
  }

  test('completion replaces an existing object and ends the upload', async () => {
    const driver = await open();
    await driver.put(objectPath, Buffer.from('an older and longer text'));
    const upload = await startUpload(driver);
    await upload.append(Buffer.from('new'));
    await upload.complete(objectPath);
    assert.equal((await driver.readSmall(objectPath)).toString(), 'new');
    await rejectsWith('not_found', upload.complete('sha256/cd/other'));
    assert.equal((await driver.cleanUploads(farFuture(), async () => false)).removed, 0);
  });

  test('a cancelled upload is gone, and cancelling again is no error', async () => {
    const driver = await open();
    const upload = await startUpload(driver);
    await upload.append(patternBytes(70_000, 1));
    await upload.append(patternBytes(70_000, 2));
    await driver.cancelUpload(upload.id, upload.state());
    await driver.cancelUpload(upload.id, upload.state());
    await driver.cancelUpload(randomUUID(), await driver.startUpload(randomUUID()));
    await rejectsWith('not_found', upload.complete(objectPath));
    assert.equal((await driver.cleanUploads(farFuture(), async () => false)).removed, 0);
  });

  test('twenty uploads at once do not mix', async () => {
    const driver = await open();
    const bodies = Array.from({ length: 20 }, (_, index) => patternBytes(100_000 + index * 37_777, index));
    await Promise.all(
      bodies.map(async (body, index) => {
        const upload = await startUpload(driver);
        await upload.append(body.subarray(0, 50_000));
        await upload.append(body.subarray(50_000));
        await upload.complete(`sha256/${index % 3}0/${index}`);
      }),
    );
    for (const [index, body] of bodies.entries()) {
      assert.equal(sha256(await readAll(driver.read(`sha256/${index % 3}0/${index}`))), sha256(body));
    }
  });

  test('ten uploads to the same path at once leave one whole object', async () => {
    const driver = await open();
    const body = patternBytes(200_000, 9);
    await Promise.all(
      Array.from({ length: 10 }, async () => {
        const upload = await startUpload(driver);
        await upload.append(body);
        await upload.complete(objectPath);
      }),
    );
    assert.equal(sha256(await readAll(driver.read(objectPath))), sha256(body));
  });
}
