import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { openApi } from '#/testing/api-fixture.ts';
import { openOrganization, withoutColors } from '#/testing/organization-fixture.ts';

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
const created = 'Thu, 01 Jan 2026 00:00:00 -0000';

for (const { whose, base, prefix } of [
  { whose: 'a person', base: '/user/robots', prefix: 'olga' },
  { whose: 'an organization', base: '/organization/acme/robots', prefix: 'acme' },
]) {
  test(`the life of a robot of ${whose}`, async (t) => {
    const { api, lastLogs } = await openOrganization(t);
    const body = { description: 'builds', unstructured_metadata: { ticket: 7 } };
    const made = await api.call('PUT', `${base}/ci`, { as: 'olga', body });
    assert.equal(made.status, 201, made.text);
    const { token } = made.json;
    assert.match(token, /^[A-Z0-9]{64}$/);
    const item = { name: `${prefix}+ci`, created, last_accessed: null, description: 'builds', token };
    assert.deepEqual(made.json, { ...item, unstructured_metadata: { ticket: 7 } });
    assert.deepEqual(await lastLogs(1), [
      {
        kind: 'create_robot',
        metadata: { robot: 'ci', description: 'builds', unstructured_metadata: { ticket: 7 } },
      },
    ]);
    assert.deepEqual((await api.call('GET', `${base}/ci`, { as: 'olga' })).json, made.json);
    assert.deepEqual((await api.call('GET', base, { as: 'olga' })).json, { robots: [item] });
    const { token: _, ...bare } = item;
    assert.deepEqual((await api.call('GET', `${base}?token=false`, { as: 'olga' })).json, { robots: [bare] });
    const renewed = await api.call('POST', `${base}/ci/regenerate`, { as: 'olga' });
    assert.equal(renewed.status, 200);
    assert.notEqual(renewed.json.token, token);
    assert.deepEqual(renewed.json, { ...item, token: renewed.json.token });
    const nothing = await api.call('PUT', `${base}/second`, { as: 'olga' });
    assert.deepEqual(
      [nothing.status, nothing.json.description, nothing.json.unstructured_metadata],
      [201, '', {}],
    );
    const limited = await api.call('GET', `${base}?limit=1`, { as: 'olga' });
    assert.equal(limited.json.robots.length, 1);
    for (const [method, path, sent, status] of [
      ['PUT', '/ci', undefined, 400],
      ['PUT', '/CI', undefined, 400],
      ['PUT', '/a', undefined, 400],
      ['PUT', '/long', { description: 'x'.repeat(256) }, 400],
      ['PUT', '/huge', { unstructured_metadata: { text: 'x'.repeat(1024 * 1024) } }, 413],
      ['PUT', '/big', { unstructured_metadata: { text: 'x'.repeat(900_000) } }, 201],
      ['GET', '/nobody', undefined, 400],
      ['DELETE', '/nobody', undefined, 400],
      ['GET', '/nobody/permissions', undefined, 400],
      ['POST', '/nobody/regenerate', undefined, 400],
      ['GET', '/nobody/federation', undefined, 400],
      ['POST', '/nobody/federation', [], 400],
      ['DELETE', '/nobody/federation', undefined, 400],
      ['DELETE', '/ci', undefined, 204],
      ['DELETE', '/ci', undefined, 400],
    ] as const) {
      const answer = await api.call(method, `${base}${path}`, { as: 'olga', body: sent });
      assert.equal(answer.status, status, `${method} ${path}: ${answer.text.slice(0, 300)}`);
    }
  });

  test(`what a robot of ${whose} may do with repositories`, async (t) => {
    const { api, createRepository } = await openOrganization(t);
    await api.call('PUT', `${base}/ci`, { as: 'olga' });
    await api.call('PUT', `${base}/idle`, { as: 'olga' });
    await createRepository('app');
    const granted = prefix === 'acme' ? ['app'] : [];
    if (prefix === 'acme') {
      const path = '/repository/acme/app/permissions/user/acme+ci';
      await api.call('PUT', path, { as: 'olga', body: { role: 'write' } });
      await api.call('PUT', '/organization/acme/team/dev/members/acme+ci', { as: 'olga' });
    }
    const { json } = await api.call('GET', `${base}/ci/permissions`, { as: 'olga' });
    assert.deepEqual(json, {
      permissions: granted.map((name) => ({ repository: { name, is_public: false }, role: 'write' })),
    });
    const list = await api.call('GET', `${base}?permissions=true&token=false`, { as: 'olga' });
    const dev = { name: 'dev', avatar: { name: 'dev', hash: md5('dev'), kind: 'team' } };
    const common = { created, last_accessed: null, description: '' };
    assert.deepEqual(withoutColors(list.json), {
      robots: [
        {
          ...common,
          name: `${prefix}+ci`,
          teams: prefix === 'acme' ? [dev] : [],
          repositories: granted,
        },
        { ...common, name: `${prefix}+idle`, teams: [], repositories: [] },
      ],
    });
  });

  test(`the external identities of a robot of ${whose}`, async (t) => {
    const { api, lastLogs } = await openOrganization(t);
    await api.call('PUT', `${base}/ci`, { as: 'olga' });
    const path = `${base}/ci/federation`;
    const config = [
      { issuer: 'https://issuer.example/realm', subject: 'repo:acme' },
      { issuer: 'http://issuer.example', subject: 'job 7' },
    ];
    assert.deepEqual((await api.call('GET', path, { as: 'olga' })).json, []);
    const set = await api.call('POST', path, { as: 'olga', body: config });
    assert.deepEqual([set.status, set.json], [200, config]);
    assert.deepEqual(await lastLogs(1), [
      { kind: 'create_robot_federation', metadata: { config, robot: 'ci' } },
    ]);
    for (const body of [
      [{ issuer: 'https://issuer.example' }],
      [{ issuer: 'ftp://issuer.example', subject: 'x' }],
      [{ issuer: 'issuer.example', subject: 'x' }],
      [{ issuer: 'https://user:pass@issuer.example', subject: 'x' }],
      [{ issuer: 'https://issuer.example/?a=b', subject: 'x' }],
      [{ issuer: 'https://issuer.example', subject: '' }],
      [config[0], config[0]],
      { issuer: 'https://issuer.example', subject: 'x' },
    ]) {
      const refused = await api.call('POST', path, { as: 'olga', body });
      assert.equal(refused.status, 400, JSON.stringify(body));
    }
    assert.deepEqual((await api.call('GET', path, { as: 'olga' })).json, config);
    const [, second] = config;
    assert.deepEqual((await api.call('POST', path, { as: 'olga', body: [second] })).json, [second]);
    assert.equal((await api.call('DELETE', path, { as: 'olga' })).status, 204);
    assert.deepEqual(await lastLogs(1), [{ kind: 'delete_robot_federation', metadata: { robot: 'ci' } }]);
    assert.deepEqual((await api.call('GET', path, { as: 'olga' })).json, []);
  });
}

test('members see robots without tokens and permissions, others none', async (t) => {
  const { api } = await openOrganization(t, { GLOBAL_READONLY_SUPER_USERS: ['hugo'] });
  await api.call('PUT', '/organization/acme/robots/ci', { as: 'olga' });
  const list = '/organization/acme/robots?permissions=true';
  const bare = { robots: [{ name: 'acme+ci', created, last_accessed: null, description: '' }] };
  for (const as of ['mia', 'hugo']) {
    const { status, json } = await api.call('GET', list, { as });
    assert.deepEqual([status, json], [200, bare], as);
  }
  const one = await api.call('GET', '/organization/acme/robots/ci', { as: 'hugo' });
  assert.deepEqual(one.json, { ...bare.robots[0], unstructured_metadata: {} });
  for (const [method, path, as, status] of [
    ['GET', '', 'tess', 403],
    ['GET', '/ci', 'mia', 403],
    ['PUT', '/other', 'mia', 403],
    ['PUT', '/other', 'hugo', 403],
    ['DELETE', '/ci', 'mia', 403],
    ['GET', '/ci/permissions', 'mia', 403],
    ['POST', '/ci/regenerate', 'mia', 403],
    ['GET', '/ci/federation', 'mia', 403],
    ['POST', '/ci/federation', 'mia', 403],
    ['DELETE', '/ci/federation', 'mia', 403],
    ['GET', '/ci', undefined, 401],
  ] as const) {
    const answer = await api.call(method, `/organization/acme/robots${path}`, { as });
    assert.equal(answer.status, status, `${method} ${path} as ${as}: ${answer.text}`);
  }
  for (const [path, as] of [
    ['/user/robots/ci', 'olga'],
    ['/organization/rival/robots/ci', 'tess'],
    ['/organization/rival/robots/ci/federation', 'tess'],
  ] as const) {
    assert.equal((await api.call('GET', path, { as })).status, 400, path);
  }
});

test('a token reaches as far as its scopes', async (t) => {
  const { api } = await openOrganization(t);
  await api.call('PUT', '/organization/acme/robots/ci', { as: 'olga' });
  for (const [scopes, own, organization] of [
    [['user:admin'], 200, 403],
    [['org:admin'], 403, 200],
    [['repo:admin', 'user:read'], 403, 403],
  ] as const) {
    const bearer = await api.tokenOf('olga', scopes);
    assert.equal((await api.call('GET', '/user/robots', { bearer })).status, own, `${scopes}`);
    const answer = await api.call('GET', '/organization/acme/robots/ci', { bearer });
    assert.equal(answer.status, organization, `${scopes}`);
  }
});

test('a registry may do without robots, but for exceptions', async (t) => {
  const { api } = await openOrganization(t, { ROBOTS_DISALLOW: true, ROBOTS_WHITELIST: ['acme+ci'] });
  const create = (path: string) => api.call('PUT', path, { as: 'olga' });
  assert.equal((await create('/organization/acme/robots/ci')).status, 201);
  assert.equal((await create('/organization/acme/robots/other')).status, 400);
  assert.equal((await create('/user/robots/ci')).status, 400);
});

test('restricted users keep their hands off robots of their own', async (t) => {
  const api = await openApi(t, { configuration: { FEATURE_RESTRICTED_USERS: true } });
  await api.createPerson('olga');
  for (const [method, path, body, status] of [
    ['PUT', '/ci', undefined, 403],
    ['DELETE', '/ci', undefined, 403],
    ['POST', '/ci/regenerate', undefined, 403],
    ['POST', '/ci/federation', [], 403],
    ['DELETE', '/ci/federation', undefined, 403],
    ['GET', '', undefined, 200],
  ] as const) {
    const answer = await api.call(method, `/user/robots${path}`, { as: 'olga', body });
    assert.equal(answer.status, status, `${method} ${path}`);
  }
});
