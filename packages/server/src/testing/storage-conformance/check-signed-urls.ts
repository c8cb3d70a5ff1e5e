import assert from 'node:assert/strict';
import { test } from 'node:test';
import { objectPath, patternBytes, rejectsWith, sha256 } from './bytes.ts';
import type { Open } from './harness.ts';

/** Signed URLs, where the store has them. */
export function checkSignedUrls(open: Open): void {
  test('a signed URL gives the object, or a part of it, to anyone', async () => {
    const driver = await open();
    const bytes = patternBytes(100_000, 1);
    await driver.put(objectPath, bytes);
    const url = await driver.signedUrl(objectPath, { expiresInSeconds: 60, method: 'GET' });
    assert.ok(url !== undefined);
    const whole = await fetch(url);
    assert.equal(whole.status, 200);
    assert.equal(sha256(Buffer.from(await whole.arrayBuffer())), sha256(bytes));
    const part = await fetch(url, { headers: { range: 'bytes=10-19' } });
    assert.equal(part.status, 206);
    assert.equal(sha256(Buffer.from(await part.arrayBuffer())), sha256(bytes.subarray(10, 20)));
    const headUrl = await driver.signedUrl(objectPath, { expiresInSeconds: 60, method: 'HEAD' });
    assert.ok(headUrl !== undefined);
    const head = await fetch(headUrl, { method: 'HEAD' });
    assert.deepEqual([head.status, head.headers.get('content-length')], [200, '100000']);
  });

  test('a hostile path is not signed', async () => {
    const driver = await open();
    await rejectsWith('invalid', driver.signedUrl('../x', { expiresInSeconds: 60, method: 'GET' }));
  });

  test('a signed URL opens nothing else', async () => {
    const driver = await open();
    await driver.put('sha256/ab/one', Buffer.from('one'));
    await driver.put('sha256/ab/two', Buffer.from('two'));
    const url = await driver.signedUrl('sha256/ab/one', { expiresInSeconds: 60, method: 'GET' });
    assert.ok(url !== undefined);
    const changed = [
      url.replace('/one', '/two'),
      url.replace(/(X-Amz-Signature=)./, '$1x'),
      url.split('?')[0] ?? '',
    ];
    for (const other of changed) {
      const answer = await fetch(other);
      await answer.body?.cancel();
      assert.equal(answer.status, 403);
    }
  });
}
