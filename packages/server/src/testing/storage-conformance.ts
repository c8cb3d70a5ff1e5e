import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import type { StorageDriver } from '#/storage/driver.ts';
import { objectPath } from './storage-conformance/bytes.ts';
import { checkCleaning } from './storage-conformance/check-cleaning.ts';
import { checkMemory } from './storage-conformance/check-memory.ts';
import { checkObjects } from './storage-conformance/check-objects.ts';
import { checkRanges } from './storage-conformance/check-ranges.ts';
import { checkRefusals } from './storage-conformance/check-refusals.ts';
import { checkSignedUrls } from './storage-conformance/check-signed-urls.ts';
import { checkUploadEnds } from './storage-conformance/check-upload-ends.ts';
import { checkUploads } from './storage-conformance/check-uploads.ts';
import type { Open, StorageHarness } from './storage-conformance/harness.ts';

/** Every promise of `StorageDriver`, for one driver. */
export function storageConformance(title: string, harness: StorageHarness): void {
  describe(`storage: ${title}`, { skip: harness.skip ?? false }, () => {
    const opened: StorageDriver[] = [];
    afterEach(async () => {
      await Promise.all(opened.splice(0).map((driver) => driver.close()));
    });
    const openStore = async (): ReturnType<StorageHarness['open']> => {
      const { driver, reopen } = await harness.open();
      opened.push(driver);
      return {
        driver,
        async reopen() {
          const other = await reopen();
          opened.push(other);
          return other;
        },
      };
    };
    const open: Open = async () => (await openStore()).driver;

    checkObjects(open);
    checkRanges(open);
    checkUploads(open, openStore);
    checkUploadEnds(open, openStore);
    checkRefusals(open);
    checkCleaning(open);
    if (harness.isBounded) checkMemory(open);
    if (harness.hasSignedUrls) checkSignedUrls(open);
    else {
      test('has no signed URL', async () => {
        const driver = await open();
        await driver.put(objectPath, Buffer.from('x'));
        assert.equal(await driver.signedUrl(objectPath, { expiresInSeconds: 60, method: 'GET' }), undefined);
      });
    }
  });
}
