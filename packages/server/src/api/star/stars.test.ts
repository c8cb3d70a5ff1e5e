import assert from 'node:assert/strict';
import { test } from 'node:test';
import { removeRepositoryPermission } from '#/domain/permissions/index.ts';
import { openApiContent } from '#/testing/api-content.ts';

test('stars are set, listed and taken back', async (t) => {
  const api = await openApiContent(t);
  await api.makeRepository('acme/open', { visibility: 'public' });
  const star = (as: string | undefined, namespace: string, repository: string) =>
    api.call('POST', '/user/starred', { as, body: { namespace, repository } });
  for (let again = 0; again < 2; again += 1) {
    const answer = await star('carol', 'acme', 'app');
    assert.deepEqual([answer.status, answer.json], [201, { namespace: 'acme', repository: 'app' }]);
  }
  await star('carol', 'acme', 'open');
  const list = await api.call('GET', '/user/starred', { as: 'carol' });
  assert.deepEqual(list.json, {
    repositories: [
      { namespace: 'acme', name: 'app', description: '', is_public: false },
      { namespace: 'acme', name: 'open', description: '', is_public: true },
    ],
  });
  const starred = await api.call('GET', '/repository?starred=true', { as: 'carol' });
  assert.deepEqual(
    starred.json.repositories.map((row: { name: string; is_starred: boolean }) => [row.name, row.is_starred]),
    [
      ['app', true],
      ['open', true],
    ],
  );
  assert.equal((await api.call('GET', '/repository/acme/app', { as: 'carol' })).json.is_starred, true);
  assert.equal((await api.call('GET', '/repository/acme/app', { as: 'dave' })).json.is_starred, false);

  await removeRepositoryPermission(api.services, {
    repository: api.repository,
    delegate: { kind: 'user', name: 'carol' },
  });
  const left = (await api.call('GET', '/user/starred', { as: 'carol' })).json.repositories;
  assert.deepEqual(
    left.map(({ name }: { name: string }) => name),
    ['open'],
    'what cannot be read any more is not shown',
  );

  const remove = (path: string) => api.call('DELETE', `/user/starred/${path}`, { as: 'carol' });
  const gone = await remove('acme/open');
  assert.deepEqual([gone.status, gone.text], [204, '']);
  for (const path of ['acme/app', 'acme/none']) {
    const answer = await remove(path);
    assert.deepEqual([answer.status, answer.json], [200, null], path);
  }
  assert.deepEqual((await api.call('GET', '/user/starred', { as: 'carol' })).json, { repositories: [] });
});

test('nobody learns of a repository by starring it', async (t) => {
  const api = await openApiContent(t);
  for (const repository of ['app', 'none']) {
    const body = { namespace: 'acme', repository };
    const answer = await api.call('POST', '/user/starred', { as: 'bob', body });
    assert.deepEqual([answer.status, answer.json], [200, null], repository);
    assert.equal((await api.call('POST', '/user/starred', { body })).status, 401);
  }
  assert.equal((await api.call('GET', '/user/starred')).status, 401);
  const reader = await api.tokenOf('carol', ['repo:read']);
  assert.equal((await api.call('GET', '/user/starred', { bearer: reader })).status, 403);
});
