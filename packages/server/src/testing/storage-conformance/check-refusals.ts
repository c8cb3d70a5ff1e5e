import { test } from 'node:test';
import { objectPath, pieces, readAll, rejectsWith } from './bytes.ts';
import type { Open } from './harness.ts';
import { startUpload } from './running-upload.ts';

/** Hostile ids and paths. */
export function checkRefusals(open: Open): void {
  const hostileIds = [
    '',
    '.',
    '..',
    '../x',
    'a/b',
    'a\\b',
    'a\0b',
    '-x',
    'a.b',
    '%2e%2e',
    'é',
    'x'.repeat(300),
  ];
  test('hostile upload ids are refused everywhere', async () => {
    const driver = await open();
    for (const uploadId of hostileIds) {
      const source = pieces(Buffer.from('x'), 1);
      await rejectsWith('invalid', driver.startUpload(uploadId));
      await rejectsWith('invalid', driver.append(uploadId, {}, 0, source));
      await rejectsWith('invalid', readAll(driver.readUpload(uploadId, {}, 0)));
      await rejectsWith('invalid', driver.completeUpload(uploadId, {}, 0, objectPath));
      await rejectsWith('invalid', driver.cancelUpload(uploadId, {}));
    }
  });

  const hostilePaths = [
    '',
    '/etc/passwd',
    '..',
    '../x',
    'a/../../x',
    'a//b',
    './a',
    'a/',
    'a\0b',
    'a\\b',
    'a\nb',
  ];
  test('hostile paths are refused everywhere', async () => {
    const driver = await open();
    const upload = await startUpload(driver);
    for (const path of [...hostilePaths, `a/${'x'.repeat(300)}`, 'a/'.repeat(600)]) {
      await rejectsWith('invalid', driver.put(path, Buffer.from('x')));
      await rejectsWith('invalid', driver.read(path));
      await rejectsWith('invalid', driver.readSmall(path));
      await rejectsWith('invalid', driver.stat(path));
      await rejectsWith('invalid', driver.remove(path));
      await rejectsWith('invalid', driver.completeUpload(upload.id, upload.state(), 0, path));
    }
  });
}
