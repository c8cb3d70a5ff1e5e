import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createUserNotification } from '#/domain/user-notifications/index.ts';
import { openApi } from '#/testing/api-fixture.ts';

test('a person lists, reads and dismisses notifications, five a page', async (t) => {
  const { services, call, createPerson } = await openApi(t, { startMs: Date.UTC(2026, 0, 15, 12) });
  const olga = await createPerson('olga');
  await createPerson('mike');
  for (let index = 0; index < 7; index += 1)
    await services.database.transaction((db) =>
      createUserNotification(services, db, {
        accountIds: [olga.id],
        kind: 'repo_push',
        metadata: { index },
      }),
    );
  const list = async (query: string) =>
    (await call('GET', `/user/notifications${query}`, { as: 'olga' })).json;
  const first = await list('');
  assert.deepEqual(Object.keys(first), ['notifications', 'additional']);
  assert.equal(first.additional, true);
  const [newest] = first.notifications;
  assert.deepEqual(newest, {
    id: newest.id,
    organization: null,
    kind: 'repo_push',
    created: 'Thu, 15 Jan 2026 12:00:00 -0000',
    metadata: { index: 6 },
    dismissed: false,
  });
  const second = await list('?page=1');
  assert.deepEqual([second.notifications.length, second.additional], [2, false]);
  assert.equal((await list('?limit=100')).notifications.length, 7);
  const path = `/user/notifications/${newest.id}`;
  assert.deepEqual((await call('GET', path, { as: 'olga' })).json, newest);
  const dismissed = await call('PUT', path, { as: 'olga', body: { dismissed: true } });
  assert.deepEqual([dismissed.status, dismissed.json], [200, { ...newest, dismissed: true }]);
  assert.equal((await list('?limit=100')).notifications.length, 6);
  assert.equal((await call('PUT', path, { as: 'olga', body: {} })).json.dismissed, false);
  for (const method of ['GET', 'PUT'])
    assert.equal(
      (await call(method, path, { as: 'mike', ...(method === 'PUT' ? { body: { dismissed: true } } : {}) }))
        .status,
      404,
    );
  assert.equal((await call('GET', '/user/notifications')).status, 401);
  assert.equal((await call('GET', '/user/notifications?page=x', { as: 'olga' })).status, 400);
});
