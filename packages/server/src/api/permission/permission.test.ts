import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { findAccountByName } from '#/domain/namespaces/index.ts';
import { createRepository } from '#/domain/repositories/index.ts';
import { openOrganization, withoutColors } from '#/testing/organization-fixture.ts';

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
const permissions = '/repository/acme/app/permissions';
const person = (name: string, role: string, isMember: boolean) => ({
  role,
  name,
  is_robot: false,
  avatar: { name, hash: md5(`${name}@example.com`), kind: 'user' },
  is_org_member: isMember,
});

test('permissions of people, robots and teams are given, listed and taken away', async (t) => {
  const { api, createRepository: create, lastLogs } = await openOrganization(t);
  await create('app');
  await api.call('PUT', '/organization/acme/robots/ci', { as: 'olga' });
  const put = (path: string, role: string) =>
    api.call('PUT', `${permissions}/${path}`, { as: 'olga', body: { role } });
  const mia = await put('user/mia', 'read');
  assert.deepEqual([mia.status, withoutColors(mia.json)], [200, person('mia', 'read', true)]);
  const hugo = await put('user/hugo', 'write');
  assert.deepEqual(withoutColors(hugo.json), person('hugo', 'write', false));
  const robot = await put('user/acme+ci', 'admin');
  const robotView = {
    role: 'admin',
    name: 'acme+ci',
    is_robot: true,
    avatar: { name: 'acme+ci', hash: md5('acme+ci'), kind: 'robot' },
    is_org_member: true,
  };
  assert.deepEqual(withoutColors(robot.json), robotView);
  const dev = await put('team/dev', 'write');
  const devView = { role: 'write', name: 'dev', avatar: { name: 'dev', hash: md5('dev'), kind: 'team' } };
  assert.deepEqual([dev.status, withoutColors(dev.json)], [200, devView]);
  assert.deepEqual(await lastLogs(2), [
    {
      kind: 'change_repo_permission',
      metadata: { team: 'dev', repo: 'app', namespace: 'acme', role: 'write' },
    },
    {
      kind: 'change_repo_permission',
      metadata: { username: 'acme+ci', repo: 'app', namespace: 'acme', role: 'admin' },
    },
  ]);
  const users = await api.call('GET', `${permissions}/user/`, { as: 'olga' });
  assert.deepEqual(withoutColors(users.json), {
    permissions: {
      'acme+ci': robotView,
      hugo: person('hugo', 'write', false),
      mia: person('mia', 'read', true),
    },
  });
  const teams = await api.call('GET', `${permissions}/team/`, { as: 'olga' });
  assert.deepEqual(withoutColors(teams.json), { permissions: { dev: devView } });
  const one = await api.call('GET', `${permissions}/user/mia`, { as: 'olga' });
  assert.deepEqual(withoutColors(one.json), person('mia', 'read', true));
  assert.deepEqual((await api.call('GET', `${permissions}/team/dev`, { as: 'olga' })).json, {
    role: 'write',
  });
  const transitive = await api.call('GET', `${permissions}/user/mia/transitive`, { as: 'olga' });
  assert.deepEqual(transitive.json, { permissions: [{ role: 'read' }, { role: 'write' }] });
  for (const path of ['user/mia', 'team/dev', 'user/acme+ci']) {
    const gone = await api.call('DELETE', `${permissions}/${path}`, { as: 'olga' });
    assert.deepEqual([gone.status, gone.text], [204, ''], path);
    assert.equal((await api.call('DELETE', `${permissions}/${path}`, { as: 'olga' })).status, 400, path);
    assert.equal((await api.call('GET', `${permissions}/${path}`, { as: 'olga' })).status, 400, path);
  }
  assert.equal((await api.call('GET', `${permissions}/user/mia/transitive`, { as: 'olga' })).status, 404);
  assert.deepEqual((await api.call('GET', `${permissions}/team/`, { as: 'olga' })).json, { permissions: {} });
});

test('permissions that cannot be, and who may not ask', async (t) => {
  const { api, createRepository: create } = await openOrganization(t);
  await create('app');
  await api.call('PUT', '/user/robots/ci', { as: 'mia' });
  await api.call('PUT', `${permissions}/user/hugo`, { as: 'olga', body: { role: 'write' } });
  const role = { role: 'read' };
  for (const [method, path, as, body, status] of [
    ['PUT', 'user/nobody', 'olga', role, 400],
    ['PUT', 'user/rival', 'olga', role, 400],
    ['PUT', 'user/mia+ci', 'olga', role, 400],
    ['PUT', 'user/mia', 'olga', { role: 'boss' }, 400],
    ['PUT', 'user/mia', 'olga', {}, 400],
    ['PUT', 'team/nothing', 'olga', role, 400],
    ['DELETE', 'team/nothing', 'olga', undefined, 400],
    ['PUT', 'user/mia', 'hugo', role, 403],
    ['GET', 'user/', 'mia', undefined, 403],
    ['GET', 'team/', 'tess', undefined, 403],
    ['GET', 'user/mia', undefined, undefined, 401],
  ] as const) {
    const answer = await api.call(method, `${permissions}/${path}`, { as, body });
    assert.equal(answer.status, status, `${method} ${path} as ${as}: ${answer.text}`);
  }
  for (const [scopes, status] of [
    [['repo:admin'], 200],
    [['repo:write', 'org:admin', 'user:admin'], 403],
  ] as const) {
    const bearer = await api.tokenOf('olga', scopes);
    assert.equal((await api.call('GET', `${permissions}/user/`, { bearer })).status, status, `${scopes}`);
  }
});

test('in the namespace of a person there are no members, and the owner stays', async (t) => {
  const { api } = await openOrganization(t);
  const mia = await findAccountByName(api.services.database.read, 'mia');
  assert.ok(mia);
  await createRepository(api.services, {
    namespaceId: mia.id,
    name: 'own',
    visibility: 'private',
    creator: undefined,
  });
  const path = '/repository/mia/own/permissions/user';
  const { is_org_member: _, ...view } = person('hugo', 'read', false);
  const given = await api.call('PUT', `${path}/hugo`, { as: 'mia', body: { role: 'read' } });
  assert.deepEqual([given.status, withoutColors(given.json)], [200, view]);
  for (const [method, body] of [
    ['PUT', { role: 'read' }],
    ['DELETE', undefined],
  ] as const) {
    assert.equal((await api.call(method, `${path}/mia`, { as: 'mia', body })).status, 400);
  }
});
