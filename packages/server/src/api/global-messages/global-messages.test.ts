import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openApi } from '#/testing/api-fixture.ts';

const message = { content: 'Down on *Sunday*', severity: 'warning', media_type: 'text/markdown' };

test('superusers tell everybody something and take it back', async (t) => {
  const { call, createPerson } = await openApi(t);
  await createPerson('sue', { superuser: true });
  await createPerson('mike');
  const created = await call('POST', '/messages', { as: 'sue', body: { message } });
  assert.deepEqual([created.status, created.text], [201, '']);
  for (const as of ['mike', undefined]) {
    const { json } = await call('GET', '/messages', { as });
    assert.deepEqual(json, { messages: [{ uuid: json.messages[0].uuid, ...message }] });
  }
  const { uuid } = (await call('GET', '/messages')).json.messages[0];
  assert.equal((await call('POST', '/messages', { as: 'mike', body: { message } })).status, 403);
  assert.equal((await call('DELETE', `/message/${uuid}`, { as: 'mike' })).status, 403);
  assert.equal((await call('DELETE', `/message/${uuid}`)).status, 401);
  const deleted = await call('DELETE', `/message/${uuid}`, { as: 'sue' });
  assert.deepEqual([deleted.status, deleted.text], [204, '']);
  assert.deepEqual((await call('GET', '/messages')).json, { messages: [] });
});

const wrong = [
  {},
  { message: { ...message, severity: 'fatal' } },
  { message: { ...message, media_type: 'text/html' } },
  { message: { ...message, content: '' } },
  { message: { ...message, content: 'x'.repeat(5000) } },
];

test('a message has a known severity and type, and says something', async (t) => {
  const { call, createPerson } = await openApi(t);
  await createPerson('sue', { superuser: true });
  for (const body of wrong) assert.equal((await call('POST', '/messages', { as: 'sue', body })).status, 400);
});

test('without FEATURE_SUPER_USERS nobody writes messages', async (t) => {
  const { call, createPerson } = await openApi(t, { configuration: { FEATURE_SUPER_USERS: false } });
  await createPerson('sue', { superuser: true });
  assert.equal((await call('POST', '/messages', { as: 'sue', body: { message } })).status, 404);
  assert.equal((await call('GET', '/messages')).status, 200);
});
