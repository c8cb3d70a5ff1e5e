import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addTeamMember, createRobot, createTeam, findAccountByName } from '#/domain/namespaces/index.ts';
import { type ApiContent, openApiContent } from '#/testing/api-content.ts';
import { nameSimilarity } from './name-similarity.ts';

async function withTeamAndRobot(api: ApiContent): Promise<void> {
  const { services, repository } = api;
  const acme = await findAccountByName(services.database.read, 'acme');
  if (acme === undefined) throw new Error('acme is gone');
  await createTeam(services, { organizationId: repository.namespaceId, name: 'apples', role: 'member' });
  await addTeamMember(services, { organizationId: acme.id, team: 'apples', member: 'carol' });
  await createRobot(services, { owner: acme, shortName: 'app_bot' });
}

const kinds = (answer: { json: { results: { kind: string; name: string }[] } }): string[] =>
  answer.json.results.map(({ kind, name }) => `${kind} ${name}`);

test('entities: people for everybody, teams and robots for those inside', async (t) => {
  const api = await openApiContent(t);
  await withTeamAndRobot(api);
  await api.createPerson('appleby');
  const find = async (query: string, as?: string) => {
    const answer = await api.call('GET', `/entities/${query}`, { as });
    assert.equal(answer.status, 200, answer.text);
    return answer.json.results.map(({ kind, name, is_org_member: isMember }: Record<string, unknown>) => [
      kind,
      name,
      isMember,
    ]);
  };
  const inside = [
    ['team', 'apples', true],
    ['user', 'acme+app_bot', true],
    ['user', 'appleby', false],
  ];
  const outside = [['user', 'appleby', false]];
  const query = 'app?namespace=acme&includeTeams=true';
  assert.deepEqual(await find(query, 'alice'), inside);
  assert.deepEqual(await find(query, 'carol'), inside);
  assert.deepEqual(await find(query, 'bob'), outside);
  assert.deepEqual(await find(query), outside);
  assert.deepEqual(await find('app'), [['user', 'appleby', undefined]]);
  assert.deepEqual(await find('APP'), [['user', 'appleby', undefined]]);
  assert.deepEqual(await find('ac?namespace=acme&includeOrgs=true', 'alice'), [['org', 'acme', true]]);
  assert.deepEqual(await find('ac?namespace=acme&includeOrgs=true', 'carol'), []);
  assert.deepEqual(await find('%25'), []);
  const { json } = await api.call('GET', '/entities/bob', {});
  assert.deepEqual(json.results, [
    {
      name: 'bob',
      kind: 'user',
      is_robot: false,
      avatar: { ...json.results[0].avatar, name: 'bob', kind: 'user' },
    },
  ]);
});

test('entities by their whole name only, where the configuration says so', async (t) => {
  const api = await openApiContent(t, { configuration: { FEATURE_PARTIAL_USER_AUTOCOMPLETE: false } });
  assert.deepEqual((await api.call('GET', '/entities/bo')).json, { results: [] });
  assert.deepEqual(kinds(await api.call('GET', '/entities/bob')), ['user bob']);
});

test('find/all tells each what it may know', async (t) => {
  const api = await openApiContent(t);
  await withTeamAndRobot(api);
  await api.makeRepository('acme/apple-pie', { visibility: 'public' });
  const find = async (query: string, as?: string) =>
    kinds(await api.call('GET', `/find/all?query=${query}`, { as }));
  assert.deepEqual(await find('app', 'alice'), [
    'repository app',
    'repository apple-pie',
    'team apples',
    'robot acme+app_bot',
  ]);
  assert.deepEqual(await find('app', 'carol'), ['repository app', 'repository apple-pie', 'team apples']);
  assert.deepEqual(await find('app', 'bob'), ['repository apple-pie']);
  assert.deepEqual(await find('app'), ['repository apple-pie']);
  assert.deepEqual(await find('acme'), ['organization acme']);
  assert.deepEqual(await find(''), []);
  assert.deepEqual((await api.call('GET', '/find/all')).json, { results: [] });
  const { results } = (await api.call('GET', '/find/all?query=app', { as: 'alice' })).json;
  const [repository, , team, robot] = results;
  const organization = {
    kind: 'organization',
    title: 'org',
    avatar: team.organization.avatar,
    name: 'acme',
    score: 1,
    href: '/organization/acme',
  };
  assert.deepEqual(repository, {
    kind: 'repository',
    title: 'repo',
    namespace: organization,
    name: 'app',
    description: '',
    is_public: false,
    score: 4,
    href: '/repository/acme/app',
  });
  assert.deepEqual(team, {
    kind: 'team',
    name: 'apples',
    organization,
    avatar: team.avatar,
    score: 2 * nameSimilarity('apples', 'app'),
    href: '/organization/acme/teams/apples',
  });
  assert.deepEqual(robot, {
    kind: 'robot',
    title: 'robot',
    avatar: robot.avatar,
    name: 'acme+app_bot',
    score: nameSimilarity('app_bot', 'app'),
    href: '/organization/acme?tab=robots&showRobot=acme%2Bapp_bot',
    short_name: 'app_bot',
  });
  const token = await api.tokenOf('alice', ['repo:read']);
  assert.deepEqual(kinds(await api.call('GET', '/find/all?query=app', { bearer: token })), [
    'repository app',
    'repository apple-pie',
  ]);
});

test('find/repositories goes by pages', async (t) => {
  const start = Date.UTC(2026, 0, 1);
  const api = await openApiContent(t, {
    startMs: start,
    configuration: { SEARCH_RESULTS_PER_PAGE: 2, SEARCH_MAX_RESULT_PAGE_COUNT: 2 },
  });
  await api.pushImage('v1');
  for (const name of ['app-1', 'app-2', 'app-3', 'app-4']) await api.makeRepository(`acme/${name}`);
  await api.call('POST', '/user/starred', { as: 'carol', body: { namespace: 'acme', repository: 'app' } });
  const find = async (query: string, as?: string) =>
    (await api.call('GET', `/find/repositories?${query}`, { as })).json;
  const first = await find('query=app', 'alice');
  assert.deepEqual(
    { ...first, results: first.results.map(({ name }: { name: string }) => name) },
    { results: ['app', 'app-1'], has_additional: true, page: 1, page_size: 2, start_index: 0 },
  );
  assert.deepEqual(first.results[0], {
    kind: 'repository',
    title: 'repo',
    namespace: first.results[0].namespace,
    name: 'app',
    description: '',
    is_public: false,
    score: 4,
    href: '/repository/acme/app',
    last_modified: start / 1000,
    stars: 1,
    popularity: 0,
  });
  const last = await find('query=app&page=9', 'alice');
  assert.deepEqual(
    { ...last, results: last.results.map(({ name }: { name: string }) => name) },
    { results: ['app-2', 'app-3'], has_additional: false, page: 2, page_size: 2, start_index: 2 },
  );
  assert.equal((await find('query=app&page=-1', 'alice')).page, 1);
  assert.deepEqual((await find('query=app', 'bob')).results, []);
  assert.deepEqual((await find('query=app')).results, []);
  assert.equal((await find('', 'alice')).results.length, 2, 'everything');
  assert.equal((await api.call('GET', '/find/repositories?page=x')).status, 400);
});

test('nobody is linked where people are kept here', async (t) => {
  const api = await openApiContent(t);
  assert.equal((await api.call('POST', '/entities/link/bob', { as: 'alice' })).status, 404);
  assert.equal((await api.call('POST', '/entities/link/bob')).status, 401);
});

test('similarity of names', () => {
  for (const [name, query, expected] of [
    ['app', 'App ', 1],
    ['apples', 'app', 0.85],
    ['my-app', 'app', 0.6],
    ['docs', 'app', 0.5],
  ] as const) {
    assert.equal(nameSimilarity(name, query), expected, `${name} ${query}`);
  }
});
