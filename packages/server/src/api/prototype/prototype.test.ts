import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { openOrganization, withoutColors } from '#/testing/organization-fixture.ts';

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
const prototypes = '/organization/acme/prototypes';
const person = (name: string, isMember: boolean) => ({
  name,
  kind: 'user',
  is_robot: false,
  avatar: { name, hash: md5(`${name}@example.com`), kind: 'user' },
  is_org_member: isMember,
});

test('default permissions are made, listed, changed and deleted', async (t) => {
  const { api, lastLogs } = await openOrganization(t);
  await api.call('PUT', '/organization/acme/robots/ci', { as: 'olga' });
  const create = (body: unknown) => api.call('POST', prototypes, { as: 'olga', body });
  const general = await create({ role: 'write', delegate: { kind: 'team', name: 'dev' } });
  assert.equal(general.status, 200, general.text);
  const generalView = {
    id: general.json.id,
    role: 'write',
    activating_user: null,
    delegate: { name: 'dev', kind: 'team', avatar: { name: 'dev', hash: md5('dev'), kind: 'team' } },
  };
  assert.deepEqual(withoutColors(general.json), generalView);
  assert.deepEqual(await lastLogs(1), [
    {
      kind: 'create_prototype_permission',
      metadata: {
        prototypeid: general.json.id,
        username: 'olga',
        activating_username: null,
        role: 'write',
        delegate_team: 'dev',
      },
    },
  ]);
  const bound = await create({
    role: 'read',
    delegate: { kind: 'user', name: 'acme+ci' },
    activating_user: { name: 'mia' },
  });
  const robot = {
    name: 'acme+ci',
    kind: 'user',
    is_robot: true,
    avatar: { name: 'acme+ci', hash: md5('acme+ci'), kind: 'robot' },
    is_org_member: true,
  };
  const boundView = {
    id: bound.json.id,
    role: 'read',
    activating_user: person('mia', true),
    delegate: robot,
  };
  assert.deepEqual(withoutColors(bound.json), boundView);
  const outsider = await create({ role: 'admin', delegate: { kind: 'user', name: 'hugo' } });
  assert.deepEqual(withoutColors(outsider.json.delegate), person('hugo', false));
  const path = `${prototypes}/${bound.json.id}`;
  const changed = await api.call('PUT', path, { as: 'olga', body: { role: 'admin' } });
  assert.deepEqual(withoutColors(changed.json), { ...boundView, role: 'admin' });
  assert.equal((await api.call('DELETE', `${prototypes}/${outsider.json.id}`, { as: 'olga' })).status, 204);
  const list = await api.call('GET', prototypes, { as: 'olga' });
  assert.deepEqual(withoutColors(list.json), { prototypes: [generalView, { ...boundView, role: 'admin' }] });
  assert.deepEqual(
    (await lastLogs(2)).map(({ kind }) => kind),
    ['delete_prototype_permission', 'modify_prototype_permission'],
  );
});

test('default permissions that cannot be, and those of others', async (t) => {
  const { api } = await openOrganization(t);
  await api.call('PUT', '/user/robots/ci', { as: 'mia' });
  const dev = { kind: 'team', name: 'dev' };
  const { json } = await api.call('POST', prototypes, { as: 'olga', body: { role: 'read', delegate: dev } });
  const foreign = `/organization/rival/prototypes/${json.id}`;
  for (const [method, path, as, body, status] of [
    ['POST', prototypes, 'olga', { role: 'read' }, 400],
    ['POST', prototypes, 'olga', { role: 'boss', delegate: dev }, 400],
    ['POST', prototypes, 'olga', { role: 'read', delegate: { kind: 'team', name: 'nothing' } }, 400],
    ['POST', prototypes, 'olga', { role: 'read', delegate: { kind: 'user', name: 'nobody' } }, 400],
    ['POST', prototypes, 'olga', { role: 'read', delegate: { kind: 'user', name: 'mia+ci' } }, 400],
    ['POST', prototypes, 'olga', { role: 'read', delegate: dev, activating_user: { name: 'nobody' } }, 400],
    ['POST', prototypes, 'mia', { role: 'read', delegate: dev }, 403],
    ['GET', prototypes, 'mia', undefined, 403],
    ['PUT', foreign, 'tess', { role: 'admin' }, 404],
    ['DELETE', foreign, 'tess', undefined, 404],
    ['PUT', `${prototypes}/nothing`, 'olga', { role: 'admin' }, 404],
    ['DELETE', `${prototypes}/${json.id}`, 'tess', undefined, 403],
  ] as const) {
    const answer = await api.call(method, path, { as, body });
    assert.equal(answer.status, status, `${method} ${path} as ${as}: ${answer.text}`);
  }
  const bearer = await api.tokenOf('olga', ['repo:admin']);
  assert.equal((await api.call('GET', prototypes, { bearer })).status, 403);
});
