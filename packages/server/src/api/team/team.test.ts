import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { enableTeamSync } from '#/domain/namespaces/index.ts';
import { openOrganization, withoutColors } from '#/testing/organization-fixture.ts';

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
const team = (name: string) => `/organization/acme/team/${name}`;
const personOf = (name: string, invited: boolean) => ({
  name,
  kind: 'user',
  is_robot: false,
  avatar: { name, hash: md5(`${name}@example.com`), kind: 'user' },
  invited,
});

test('a team is made, changed and deleted', async (t) => {
  const { api, lastLogs } = await openOrganization(t);
  const put = (body: unknown, as = 'olga') => api.call('PUT', team('ops'), { as, body });
  const view = {
    name: 'ops',
    description: 'on call',
    can_view: true,
    role: 'creator',
    avatar: { name: 'ops', hash: md5('ops'), kind: 'team' },
    new_team: true,
  };
  const created = await put({ role: 'creator', description: 'on call' });
  assert.equal(created.status, 200, created.text);
  assert.deepEqual(withoutColors(created.json), view);
  const changed = await put({ role: 'member', description: 'asleep' });
  assert.deepEqual(withoutColors(changed.json), {
    ...view,
    description: 'asleep',
    role: 'member',
    new_team: false,
  });
  assert.deepEqual(await lastLogs(3), [
    { kind: 'org_set_team_role', metadata: { team: 'ops', role: 'member' } },
    { kind: 'org_set_team_description', metadata: { team: 'ops', description: 'asleep' } },
    { kind: 'org_create_team', metadata: { team: 'ops' } },
  ]);
  for (const [method, name, as, body, status] of [
    ['PUT', 'Ops', 'olga', { role: 'member' }, 400],
    ['PUT', 'ops', 'olga', { role: 'boss' }, 400],
    ['PUT', 'ops', 'olga', {}, 400],
    ['PUT', 'ops', 'mia', { role: 'member' }, 403],
    ['PUT', 'ops', 'tess', { role: 'member' }, 403],
    ['PUT', 'owners', 'olga', { role: 'member' }, 400],
    ['DELETE', 'owners', 'olga', undefined, 400],
    ['DELETE', 'ops', 'mia', undefined, 403],
    ['DELETE', 'ops', 'olga', undefined, 204],
    ['DELETE', 'ops', 'olga', undefined, 400],
  ] as const) {
    const answer = await api.call(method, team(name), { as, body });
    assert.equal(answer.status, status, `${method} ${name} as ${as}: ${answer.text}`);
  }
});

test('nobody takes the own last administration away, even when others administer too', async (t) => {
  const { api } = await openOrganization(t);
  await api.call('PUT', team('chiefs'), { as: 'olga', body: { role: 'admin' } });
  await api.call('PUT', `${team('chiefs')}/members/hugo`, { as: 'olga' });
  for (const [method, path, as, body, status] of [
    ['DELETE', team('chiefs'), 'hugo', undefined, 400],
    ['PUT', team('chiefs'), 'hugo', { role: 'member' }, 400],
    ['DELETE', `${team('chiefs')}/members/hugo`, 'hugo', undefined, 400],
    ['DELETE', `${team('owners')}/members/olga`, 'hugo', undefined, 204],
    ['PUT', `${team('owners')}/members/hugo`, 'hugo', undefined, 200],
    ['DELETE', team('chiefs'), 'hugo', undefined, 204],
  ] as const) {
    const answer = await api.call(method, path, { as, body });
    assert.equal(answer.status, status, `${method} ${path} as ${as}: ${answer.text}`);
  }
});

test('members are added at once without mail, and who may see them', async (t) => {
  const { api, lastLogs } = await openOrganization(t);
  await api.call('PUT', '/organization/acme/robots/ci', { as: 'olga' });
  const added = await api.call('PUT', `${team('dev')}/members/hugo`, { as: 'olga' });
  assert.deepEqual([added.status, withoutColors(added.json)], [200, personOf('hugo', false)]);
  const robot = await api.call('PUT', `${team('dev')}/members/acme+ci`, { as: 'olga' });
  const robotView = {
    name: 'acme+ci',
    kind: 'user',
    is_robot: true,
    avatar: { name: 'acme+ci', hash: md5('acme+ci'), kind: 'robot' },
    invited: false,
  };
  assert.deepEqual([robot.status, withoutColors(robot.json)], [200, robotView]);
  assert.deepEqual(await lastLogs(2), [
    { kind: 'org_add_team_member', metadata: { member: 'acme+ci', team: 'dev' } },
    { kind: 'org_add_team_member', metadata: { member: 'hugo', team: 'dev' } },
  ]);
  const members = [robotView, personOf('hugo', false), personOf('mia', false)];
  for (const [as, canEdit] of [
    ['olga', true],
    ['mia', false],
  ] as const) {
    const list = await api.call('GET', `${team('dev')}/members?includePending=true`, { as });
    assert.deepEqual(withoutColors(list.json), { name: 'dev', members, can_edit: canEdit });
  }
  await api.call('PUT', '/user/robots/ci', { as: 'mia' });
  for (const [method, path, as, status] of [
    ['GET', `${team('owners')}/members`, 'mia', 403],
    ['GET', `${team('nothing')}/members`, 'mia', 403],
    ['GET', `${team('nothing')}/members`, 'olga', 404],
    ['GET', `${team('dev')}/members`, 'tess', 403],
    ['PUT', `${team('nothing')}/members/mia`, 'olga', 404],
    ['PUT', `${team('dev')}/members/mia`, 'olga', 400],
    ['PUT', `${team('dev')}/members/nobody`, 'olga', 400],
    ['PUT', `${team('dev')}/members/rival`, 'olga', 400],
    ['PUT', `${team('dev')}/members/mia+ci`, 'olga', 400],
    ['PUT', `${team('dev')}/members/tess`, 'mia', 403],
    ['DELETE', `${team('nothing')}/members/mia`, 'olga', 404],
    ['DELETE', `${team('dev')}/members/tess`, 'olga', 400],
    ['DELETE', `${team('dev')}/members/hugo`, 'olga', 204],
    ['PUT', `${team('dev')}/invite/x@example.com`, 'olga', 404],
    ['PUT', '/teaminvite/anything', 'olga', 404],
    ['POST', `${team('dev')}/syncing`, 'olga', 404],
    ['GET', `${team('nothing')}/permissions`, 'olga', 404],
    ['GET', `${team('dev')}/permissions`, 'mia', 403],
  ] as const) {
    const answer = await api.call(method, path, { as });
    assert.equal(answer.status, status, `${method} ${path} as ${as}: ${answer.text}`);
  }
  const bearer = await api.tokenOf('olga', ['repo:admin', 'user:admin']);
  assert.equal((await api.call('GET', `${team('dev')}/members`, { bearer })).status, 403);
});

test('the permissions of a team', async (t) => {
  const { api, createRepository } = await openOrganization(t);
  await createRepository('app');
  const path = '/repository/acme/app/permissions/team/dev';
  await api.call('PUT', path, { as: 'olga', body: { role: 'write' } });
  const { json } = await api.call('GET', `${team('dev')}/permissions`, { as: 'olga' });
  assert.deepEqual(json, {
    permissions: [{ repository: { name: 'app', is_public: false }, role: 'write' }],
  });
  const view = await api.call('GET', '/organization/acme', { as: 'olga' });
  assert.equal(view.json.teams.dev.repo_count, 1);
});

test('only robots are added to a team that follows a group', async (t) => {
  const { api, organizationId, lastLogs } = await openOrganization(t, { FEATURE_TEAM_SYNCING: true });
  await api.createPerson('root', { superuser: true });
  await api.call('PUT', `${team('owners')}/members/root`, { as: 'olga' });
  await api.call('PUT', '/organization/acme/robots/ci', { as: 'olga' });
  await enableTeamSync(api.services, {
    organizationId,
    team: 'dev',
    service: 'ldap',
    config: { group_dn: 'cn=dev' },
  });
  for (const [method, path, as, body, status] of [
    ['PUT', `${team('dev')}/members/hugo`, 'olga', undefined, 400],
    ['DELETE', `${team('dev')}/members/mia`, 'olga', undefined, 400],
    ['PUT', `${team('dev')}/members/acme+ci`, 'olga', undefined, 200],
    ['DELETE', `${team('dev')}/members/acme+ci`, 'olga', undefined, 204],
    ['POST', `${team('dev')}/syncing`, 'olga', { group_dn: 'cn=x' }, 403],
    // The passwords of this registry are its own: it has no groups.
    ['POST', `${team('dev')}/syncing`, 'root', { group_dn: 'cn=x' }, 400],
    ['DELETE', `${team('nothing')}/syncing`, 'root', undefined, 404],
  ] as const) {
    const answer = await api.call(method, path, { as, body });
    assert.equal(answer.status, status, `${method} ${path} as ${as}: ${answer.text}`);
  }
  const view = await api.call('GET', '/organization/acme', { as: 'olga' });
  assert.equal(view.json.teams.dev.is_synced, true);
  const freed = await api.call('DELETE', `${team('dev')}/syncing`, { as: 'root' });
  assert.deepEqual([freed.status, freed.json.name, freed.json.new_team], [200, 'dev', false]);
  assert.deepEqual(await lastLogs(1), [{ kind: 'disable_team_sync', metadata: { team: 'dev' } }]);
  assert.equal((await api.call('PUT', `${team('dev')}/members/hugo`, { as: 'olga' })).status, 200);
  const hosted = await openOrganization(t, { FEATURE_TEAM_SYNCING: true, SERVER_HOSTNAME: 'quay.io' });
  assert.equal((await hosted.api.call('DELETE', `${team('dev')}/syncing`, { as: 'olga' })).status, 404);
});
