import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addTeamMember, createTeam } from '#/domain/namespaces/index.ts';
import { setRepositoryPermission } from '#/domain/permissions/index.ts';
import { findRepository } from '#/domain/repositories/index.ts';
import { type ApiContent, logsOf, openApiContent } from '#/testing/api-content.ts';

const start = Date.UTC(2026, 0, 1);
const dayMs = 24 * 3600 * 1000;

async function namesOf(api: ApiContent, query: string, as: string | undefined): Promise<string[]> {
  const { status, json, text } = await api.call('GET', `/repository${query}`, { as });
  assert.equal(status, 200, text);
  return json.repositories.map(({ namespace, name }: Record<string, string>) => `${namespace}/${name}`);
}

test('a repository is created where the caller may', async (t) => {
  const api = await openApiContent(t);
  const create = (as: string | undefined, body: Record<string, unknown>) =>
    api.call('POST', '/repository', {
      as,
      body: { repository: 'new', visibility: 'private', description: 'd', ...body },
    });
  const answer = await create('alice', { namespace: 'acme', visibility: 'public' });
  assert.equal(answer.status, 201, answer.text);
  assert.deepEqual(answer.json, { namespace: 'acme', name: 'new', kind: 'image' });
  assert.deepEqual((await logsOf(api, 'create_repo')).at(-1), { repo: 'new', namespace: 'acme' });
  assert.equal((await findRepository(api.services.database.read, 'acme', 'new'))?.visibility, 'public');
  assert.deepEqual((await create('bob', {})).json, { namespace: 'bob', name: 'new', kind: 'image' });
  for (const [as, body, status] of [
    ['alice', { namespace: 'acme' }, 400],
    ['alice', { repository: 'No' }, 400],
    ['alice', { repository: '' }, 400],
    ['alice', { visibility: 'secret' }, 400],
    ['alice', { description: 'a\0b' }, 400],
    ['alice', { repo_kind: 'application' }, 400],
    ['bob', { namespace: 'acme', repository: 'more' }, 403],
    ['bob', { namespace: 'nobody' }, 403],
    [undefined, {}, 401],
  ] as const) {
    const refused = await create(as, body);
    assert.equal(refused.status, status, `${as} ${JSON.stringify(body)}: ${refused.text}`);
  }
  const acme = await api.services.database.read
    .selectFrom('accounts')
    .select('id')
    .where('name', '=', 'acme')
    .executeTakeFirstOrThrow();
  await createTeam(api.services, { organizationId: acme.id, name: 'makers', role: 'creator' });
  await addTeamMember(api.services, { organizationId: acme.id, team: 'makers', member: 'bob' });
  assert.equal((await create('bob', { namespace: 'acme', repository: 'by-bob' })).status, 201);
  assert.equal((await api.call('GET', '/repository/acme/by-bob', { as: 'bob' })).json.can_admin, true);
  const token = await api.tokenOf('bob', ['repo:admin']);
  const body = { repository: 'x', visibility: 'private', description: '' };
  assert.equal((await api.call('POST', '/repository', { bearer: token, body })).status, 403, 'scope');
});

test('lists follow rights and filters', async (t) => {
  const api = await openApiContent(t);
  await api.makeRepository('acme/open', { visibility: 'public' });
  await api.makeRepository('bob/own');
  await api.makeRepository('bob/shown', { visibility: 'public' });
  await api.makeRepository('acme/chart', { kind: 'application' });
  for (const [query, as, expected] of [
    ['?namespace=acme', 'alice', ['acme/app', 'acme/open']],
    ['?namespace=acme', 'carol', ['acme/app']],
    ['?namespace=acme&public=true', 'carol', ['acme/app', 'acme/open']],
    ['?namespace=acme&public=true', 'bob', ['acme/open']],
    ['?namespace=acme', 'bob', []],
    ['?namespace=acme', undefined, []],
    ['?namespace=acme&public=true', undefined, ['acme/open']],
    ['?namespace=nobody&public=true', 'alice', []],
    ['?namespace=acme&repo_kind=application', 'alice', ['acme/chart']],
    ['?namespace=acme&repo_kind=application&public=true', 'bob', []],
    ['?public=true', undefined, ['acme/open', 'bob/shown']],
    ['?public=true', 'bob', ['acme/open', 'bob/own', 'bob/shown']],
    ['?public=true', 'carol', ['acme/app', 'acme/open', 'bob/shown']],
    ['?starred=true', 'carol', []],
  ] as const) {
    assert.deepEqual(await namesOf(api, query, as), expected, `${query} ${as}`);
  }
  for (const [query, as] of [
    ['', 'alice'],
    ['?public=false', 'alice'],
    ['?starred=true', undefined],
    ['?public=true&repo_kind=other', 'alice'],
  ] as const) {
    assert.equal((await api.call('GET', `/repository${query}`, { as })).status, 400, query);
  }
});

test('what a list shows of each repository', async (t) => {
  const api = await openApiContent(t, { startMs: start });
  await api.pushImage('v1');
  const today = start / dayMs;
  await api.services.database.transaction((db) =>
    db
      .insertInto('repository_action_counts')
      .values([
        { repository_id: api.repository.id, day: today, count: 3 },
        { repository_id: api.repository.id, day: today - 7, count: 4 },
        { repository_id: api.repository.id, day: today - 8, count: 100 },
      ])
      .execute(),
  );
  const plain = {
    namespace: 'acme',
    name: 'app',
    description: '',
    is_public: false,
    kind: 'image',
    state: 'NORMAL',
  };
  const query = '/repository?namespace=acme';
  const first = async (url: string, as?: string) => (await api.call('GET', url, { as })).json.repositories[0];
  assert.deepEqual(await first(query, 'carol'), { ...plain, is_starred: false });
  assert.deepEqual(await first(`${query}&last_modified=true&popularity=true`, 'carol'), {
    ...plain,
    last_modified: start / 1000,
    popularity: 7,
    is_starred: false,
  });
  await api.call('DELETE', '/repository/acme/app/tag/v1', { as: 'dave' });
  assert.equal((await first(`${query}&last_modified=true`, 'carol')).last_modified, null);
  await api.makeRepository('acme/open', { visibility: 'public' });
  const anonymous = await first('/repository?public=true');
  assert.deepEqual(anonymous, { ...plain, name: 'open', is_public: true });
});

test('a list goes on where its token says', async (t) => {
  const api = await openApiContent(t);
  await api.services.database.transaction(async (db) => {
    const template = await db
      .selectFrom('repositories')
      .selectAll()
      .where('id', '=', api.repository.id)
      .executeTakeFirstOrThrow();
    const { id: _, ...row } = template;
    for (let index = 0; index < 204; index += 1) {
      await db
        .insertInto('repositories')
        .values({
          ...row,
          uuid: `uuid-${index}`,
          name: `r${index}`,
          visibility: index % 2 ? 'public' : 'private',
        })
        .execute();
    }
  });
  for (const [filter, as, expected] of [
    ['?namespace=acme', 'alice', 205],
    ['?public=true', 'alice', 205],
    ['?public=true', undefined, 102],
    ['?namespace=acme&public=true', 'carol', 103],
  ] as const) {
    const seen: string[] = [];
    let token: string | undefined;
    do {
      const next = token === undefined ? '' : `&next_page=${encodeURIComponent(token)}`;
      const { json } = await api.call('GET', `/repository${filter}${next}`, { as });
      assert.ok(json.repositories.length <= 100);
      seen.push(...json.repositories.map(({ name }: { name: string }) => name));
      token = json.next_page;
    } while (token !== undefined);
    assert.equal(seen.length, expected, filter);
    assert.equal(new Set(seen).size, expected, filter);
  }
  const { json } = await api.call('GET', '/repository?public=true&next_page=made-up', { as: 'alice' });
  assert.equal(json.repositories.length, 100, 'as the first page');
});

test('one repository with its tags and statistics', async (t) => {
  const api = await openApiContent(t, { startMs: start });
  const image = await api.pushImage('v1', { labels: { 'quay.expires-after': '1d' } });
  await api.services.database.transaction((db) =>
    db
      .insertInto('repository_action_counts')
      .values({ repository_id: api.repository.id, day: start / dayMs - 1, count: 5 })
      .execute(),
  );
  const { badge_token } = await api.services.database.read
    .selectFrom('repositories')
    .select('badge_token')
    .where('id', '=', api.repository.id)
    .executeTakeFirstOrThrow();
  const shown = {
    namespace: 'acme',
    name: 'app',
    kind: 'image',
    description: '',
    is_public: false,
    is_organization: true,
    is_starred: false,
    status_token: badge_token,
    trust_enabled: false,
    tag_expiration_s: 1_209_600,
    is_free_account: true,
    state: 'NORMAL',
    can_write: false,
    can_admin: false,
  };
  const answer = await api.call('GET', '/repository/acme/app', { as: 'carol' });
  assert.deepEqual(answer.json, {
    ...shown,
    tags: {
      v1: {
        name: 'v1',
        image_id: image.digest.slice('sha256:'.length),
        size: image.layerBytes,
        last_modified: 'Thu, 01 Jan 2026 00:00:00 -0000',
        expiration: 'Fri, 02 Jan 2026 00:00:00 -0000',
        manifest_digest: image.digest,
      },
    },
  });
  const bare = await api.call('GET', '/repository/acme/app?includeTags=false&includeStats=true', {
    as: 'dave',
  });
  const { stats, ...rest } = bare.json;
  assert.deepEqual(rest, { ...shown, can_write: true });
  assert.equal(stats.length, 91);
  assert.deepEqual(stats.at(-1), { date: '2026-01-01', count: 0 });
  assert.deepEqual(stats.at(-2), { date: '2025-12-31', count: 5 });
  const admin = (await api.call('GET', '/repository/acme/app', { as: 'alice' })).json;
  assert.deepEqual([admin.can_write, admin.can_admin], [true, true]);
  await api.makeRepository('acme/open', { visibility: 'public' });
  const open = await api.call('GET', '/repository/acme/open');
  assert.deepEqual([open.status, open.json.status_token, open.json.is_public], [200, '', true]);
  await api.makeRepository('acme/chart', { kind: 'application' });
  const chart = await api.call('GET', '/repository/acme/chart', { as: 'alice' });
  assert.deepEqual([chart.json.channels, chart.json.releases, chart.json.tags], [[], [], undefined]);
  for (const [url, as, status] of [
    ['/repository/acme/app', undefined, 401],
    ['/repository/acme/app', 'bob', 403],
    ['/repository/acme/none', 'bob', 403],
    ['/repository/acme/none', 'alice', 404],
    ['/repository/bob/none', 'bob', 404],
  ] as const) {
    assert.equal((await api.call('GET', url, { as })).status, status, `${url} ${as}`);
  }
});

test('description, visibility, state, trust and deletion', async (t) => {
  const api = await openApiContent(t, {
    configuration: { FEATURE_REPO_MIRROR: true, FEATURE_SIGNING: true },
  });
  const base = '/repository/acme/app';
  const where = { repo: 'app', namespace: 'acme' };
  for (const [method, url, body, kind, logged] of [
    ['PUT', base, { description: '# Hi' }, 'set_repo_description', { description: '# Hi' }],
    ['POST', `${base}/changetrust`, { trust_enabled: true }, 'change_repo_trust', { trust_enabled: true }],
    [
      'PUT',
      `${base}/changestate`,
      { state: 'READ_ONLY' },
      'change_repo_state',
      { state_changed: 'READ_ONLY' },
    ],
    [
      'POST',
      `${base}/changevisibility`,
      { visibility: 'public' },
      'change_repo_visibility',
      { visibility: 'public' },
    ],
  ] as const) {
    for (const [as, status] of [
      [undefined, 401],
      ['bob', 403],
      ['carol', 403],
    ] as const) {
      assert.equal((await api.call(method, url, { as, body })).status, status, `${url} ${as}`);
    }
    if (url !== base) assert.equal((await api.call(method, url, { as: 'dave', body })).status, 403);
    assert.equal((await api.call(method, url, { as: 'alice', body: {} })).status, 400, url);
    const answer = await api.call(method, url, { as: 'alice', body });
    assert.deepEqual([answer.status, answer.json], [200, { success: true }], url);
    assert.deepEqual(await logsOf(api, kind), [{ ...where, ...logged }]);
  }
  const { json } = await api.call('GET', base);
  assert.deepEqual(
    [json.description, json.trust_enabled, json.state, json.is_public],
    ['# Hi', true, 'READ_ONLY', true],
  );
  const bad = await api.call('PUT', `${base}/changestate`, { as: 'alice', body: { state: 'ORG_MIRROR' } });
  assert.equal(bad.status, 400);
  assert.equal(typeof bad.json.detail, 'string');

  assert.equal((await api.call('DELETE', base, { as: 'dave' })).status, 403);
  const deleted = await api.call('DELETE', base, { as: 'alice' });
  assert.deepEqual([deleted.status, deleted.text], [204, '']);
  assert.equal((await api.call('GET', base, { as: 'alice' })).status, 404);
  assert.deepEqual(await namesOf(api, '?namespace=acme', 'alice'), []);
  assert.deepEqual(await logsOf(api, 'delete_repo'), [where]);
});

test('state and trust are gated', async (t) => {
  const api = await openApiContent(t);
  for (const [method, url, body] of [
    ['PUT', '/repository/acme/app/changestate', { state: 'READ_ONLY' }],
    ['POST', '/repository/acme/app/changetrust', { trust_enabled: true }],
    ['GET', '/repository/acme/app/signatures', undefined],
  ] as const) {
    assert.equal((await api.call(method, url, { as: 'alice', ...(body && { body }) })).status, 404, url);
  }
  const signing = await openApiContent(t, { configuration: { FEATURE_SIGNING: true } });
  const url = '/repository/acme/app/signatures';
  assert.equal((await signing.call('GET', url, { as: 'carol' })).status, 404);
  assert.equal((await signing.call('GET', url, { as: 'bob' })).status, 403);
});

test('tokens of repositories are gone', async (t) => {
  const api = await openApiContent(t);
  const list = '/repository/acme/app/tokens/';
  for (const [method, url, body] of [
    ['GET', list, undefined],
    ['POST', list, { friendlyName: 'x' }],
    ['GET', `${list}abc`, undefined],
    ['PUT', `${list}abc`, { role: 'read' }],
    ['DELETE', `${list}abc`, undefined],
  ] as const) {
    const answer = await api.call(method, url, { as: 'alice', ...(body && { body }) });
    assert.equal(answer.status, 410, `${method} ${url}`);
    assert.deepEqual(Object.keys(answer.json), ['message']);
    assert.equal((await api.call(method, url, { as: 'dave' })).status, 403);
  }
});

test('a permission by team is a right, a disabled namespace hides what is in it', async (t) => {
  const api = await openApiContent(t);
  const { services, repository } = api;
  await createTeam(services, { organizationId: repository.namespaceId, name: 'team', role: 'member' });
  await addTeamMember(services, { organizationId: repository.namespaceId, team: 'team', member: 'bob' });
  await setRepositoryPermission(services, {
    repository,
    delegate: { kind: 'team', name: 'team' },
    role: 'read',
  });
  assert.deepEqual(await namesOf(api, '?namespace=acme', 'bob'), ['acme/app']);
  await services.database.transaction((db) =>
    db.updateTable('accounts').set({ enabled: 0 }).where('name', '=', 'acme').execute(),
  );
  assert.deepEqual(await namesOf(api, '?namespace=acme', 'bob'), []);
  assert.deepEqual(await namesOf(api, '?namespace=acme', 'alice'), []);
});

test('superusers with full access and global readers list everything', async (t) => {
  const api = await openApiContent(t, {
    configuration: {
      FEATURE_SUPERUSERS_FULL_ACCESS: true,
      SUPER_USERS: ['root'],
      GLOBAL_READONLY_SUPER_USERS: ['auditor'],
    },
  });
  await api.createPerson('root');
  await api.createPerson('auditor');
  for (const as of ['root', 'auditor']) {
    assert.deepEqual(await namesOf(api, '?namespace=acme', as), ['acme/app'], as);
  }
  const body = { repository: 'by-root', visibility: 'private', description: '', namespace: 'acme' };
  assert.equal((await api.call('POST', '/repository', { as: 'root', body })).status, 201);
  assert.equal((await api.call('POST', '/repository', { as: 'auditor', body })).status, 403);
});
