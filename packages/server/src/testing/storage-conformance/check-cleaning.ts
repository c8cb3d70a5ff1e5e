import assert from 'node:assert/strict';
import { test } from 'node:test';
import { farFuture, objectPath, rejectsWith } from './bytes.ts';
import type { Open } from './harness.ts';
import { startUpload } from './running-upload.ts';

/** What uploads leave behind. */
export function checkCleaning(open: Open): void {
  test('removes old uploads that nobody knows, and no others', async () => {
    const driver = await open();
    const known = await startUpload(driver);
    const unknown = await startUpload(driver);
    await known.append(Buffer.from('known'));
    await unknown.append(Buffer.from('unknown'));
    await driver.put(objectPath, Buffer.from('an object is no upload'));

    const asked: string[] = [];
    const isKnown = async (uploadId: string): Promise<boolean> => {
      asked.push(uploadId);
      return uploadId === known.id;
    };
    assert.deepEqual(await driver.cleanUploads(1_000, isKnown), { removed: 0 });
    assert.deepEqual(asked, []);

    assert.deepEqual(await driver.cleanUploads(farFuture(), isKnown), { removed: 1 });
    assert.deepEqual(asked.toSorted(), [known.id, unknown.id].toSorted());
    await rejectsWith('not_found', unknown.complete('sha256/cd/unknown'));
    await known.append(Buffer.from(' still'));
    await known.complete('sha256/cd/known');
    assert.equal((await driver.readSmall('sha256/cd/known')).toString(), 'known still');
    assert.equal((await driver.readSmall(objectPath)).toString(), 'an object is no upload');
  });

  test('an empty store has nothing to clean', async () => {
    const driver = await open();
    assert.deepEqual(await driver.cleanUploads(farFuture(), async () => false), { removed: 0 });
  });
}
