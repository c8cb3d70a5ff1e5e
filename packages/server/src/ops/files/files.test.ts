import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openApi } from '#/testing/api-fixture.ts';

const fileId = '0b3f9e0a-2f0c-4f0e-9d5a-6a1d1f5b7c11';

test('a file of a person by its id, and nothing beside it', async (t) => {
  const { services, call } = await openApi(t, { configuration: { USERFILES_PATH: '/up/loads/' } });
  const { driver } = services.storage.preferred;
  await driver.put(`up/loads/${fileId}`, Buffer.from('<script>'));
  await driver.put('up/loads/short', Buffer.from('no'));
  await driver.put('secret-0123456789abcdef', Buffer.from('no'));
  const found = await call('GET', `//userfiles/${fileId}`);
  assert.deepEqual([found.status, found.text], [200, '<script>']);
  assert.equal(found.headers['content-type'], 'application/octet-stream');
  assert.equal(found.headers['content-disposition'], 'attachment');
  for (const id of [
    'short',
    `${fileId}0`,
    '..%2fsecret-0123456789abcdef',
    '%2e%2e%2f%2e%2e%2fsecret-0123456789abcdef',
  ]) {
    assert.equal((await call('GET', `//userfiles/${id}`)).status, 404, id);
  }
});

test('the log of a build that nobody may see', async (t) => {
  const { call } = await openApi(t);
  assert.equal((await call('GET', `//logarchive/${fileId}`)).status, 403);
});
