import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Database } from '#/db/database.ts';
import {
  addTeamMember,
  createOrganization,
  createRobot,
  createTeam,
  createUser,
  setAccountEnabled,
} from '#/domain/namespaces/index.ts';
import { setRepositoryPermission } from '#/domain/permissions/index.ts';
import { anonymous, type Principal } from '#/domain/permissions/principal.ts';
import { createRepository, repositoryReader } from '#/domain/repositories/index.ts';
import {
  findSearchText,
  listMatchingEntities,
  listMatchingNamespaces,
  listMatchingRepositories,
  listMatchingRobots,
  listMatchingTeams,
} from '#/domain/search/index.ts';
import { eachDatabase } from '#/testing/databases.ts';
import { createTestServices } from '#/testing/services.ts';

async function buildWorld(database: Database) {
  const services = createTestServices({ database });
  const people = {
    alice: await createUser(services, { name: 'alice' }),
    bob: await createUser(services, { name: 'bob' }),
    alan: await createUser(services, { name: 'alan' }),
  };
  const acme = await createOrganization(services, { name: 'acme', ownerId: people.alice.id });
  const other = await createOrganization(services, { name: 'acorn', ownerId: people.alan.id });
  for (const [owner, shortName] of [
    [acme, 'ci'],
    [other, 'ci'],
    [people.alice, 'ci_1'],
    [people.alice, 'cix1'],
  ] as const) {
    await createRobot(services, { owner, shortName });
  }
  await createTeam(services, { organizationId: acme.id, name: 'readers', role: 'member' });
  await createTeam(services, { organizationId: other.id, name: 'readers-too', role: 'member' });
  await addTeamMember(services, { organizationId: acme.id, team: 'readers', member: 'bob' });
  const create = (
    namespaceId: number,
    name: string,
    more: { visibility?: 'public'; description?: string; kind?: 'application' } = {},
  ) => createRepository(services, { namespaceId, name, visibility: 'private', creator: undefined, ...more });
  const web = await create(acme.id, 'web');
  await create(acme.id, 'web-api', { visibility: 'public' });
  await create(acme.id, 'my-web', { visibility: 'public' });
  await create(acme.id, 'docs', { visibility: 'public', description: 'Pages of the WEB, 100%' });
  await create(acme.id, 'chart-web', { visibility: 'public', kind: 'application' });
  await create(other.id, 'web-secret');
  await create(people.bob.id, 'web_b');
  await setRepositoryPermission(services, {
    repository: web,
    delegate: { kind: 'team', name: 'readers' },
    role: 'read',
  });
  return { services, ...people, acme, other };
}

const asUser = (account: { id: number; uuid: string; name: string }): Principal => ({
  kind: 'user',
  account,
  superuser: false,
});

eachDatabase('search', (open) => {
  test('repositories: the best match first, and only what may be read', async () => {
    const { services, alice, bob, alan } = await buildWorld(await open());
    const find = async (
      text: string,
      principal: Principal,
      more: { skip?: number; limit?: number; readsEverything?: boolean } = {},
    ) => {
      const found = await listMatchingRepositories(services.database.read, {
        reader: repositoryReader(services, principal, { readsEverything: more.readsEverything === true }),
        text,
        skip: more.skip ?? 0,
        limit: more.limit ?? 100,
        nowMs: 0,
        popularSinceDay: 0,
      });
      return found.map(({ namespace, name }) => `${namespace.name}/${name}`);
    };
    const open3 = ['acme/web-api', 'acme/my-web', 'acme/docs'];
    for (const [text, principal, expected] of [
      ['web', asUser(alice), ['acme/web', 'acme/web-api', 'acme/my-web', 'acme/chart-web', 'acme/docs']],
      ['web', asUser(bob), ['acme/web', 'acme/web-api', 'bob/web_b', 'acme/my-web', 'acme/docs']],
      ['web', asUser(alan), ['acme/web-api', 'acorn/web-secret', 'acme/my-web', 'acme/docs']],
      ['web', anonymous, open3],
      ['acme/web-api', anonymous, ['acme/web-api']],
      ['acme/web', anonymous, ['acme/web-api']],
      ['acme/web', asUser(bob), ['acme/web', 'acme/web-api']],
      ['web_', asUser(bob), ['bob/web_b']],
      ['100%', anonymous, ['acme/docs']],
      ['100_', anonymous, []],
      ['!', anonymous, []],
      ['', anonymous, ['acme/web-api', 'acme/my-web', 'acme/docs']],
    ] as const) {
      assert.deepEqual(await find(text, principal), expected, text);
    }
    assert.equal((await find('web', anonymous, { readsEverything: true })).length, 7);
    const pages = [];
    for (let skip = 0; skip < 6; skip += 2)
      pages.push(...(await find('web', asUser(bob), { skip, limit: 2 })));
    assert.deepEqual(pages, await find('web', asUser(bob)));
  });

  test('the more active of two that match alike comes first', async () => {
    const { services } = await buildWorld(await open());
    const { id } = await services.database.read
      .selectFrom('repositories')
      .select('id')
      .where('name', '=', 'docs')
      .executeTakeFirstOrThrow();
    await services.database.transaction((db) =>
      db.insertInto('repository_scores').values({ repository_id: id, score: 7, updated_ms: 0 }).execute(),
    );
    const found = await listMatchingRepositories(services.database.read, {
      reader: repositoryReader(services, anonymous, { readsEverything: false }),
      text: '',
      skip: 0,
      limit: 1,
      nowMs: 0,
      popularSinceDay: 0,
    });
    assert.deepEqual(
      found.map(({ name, stars, popularity, lastModifiedMs }) => [name, stars, popularity, lastModifiedMs]),
      [['docs', 0, 0, null]],
    );
  });

  test('namespaces: own ones, those of teams, and those with something to read', async () => {
    const { services, alice, bob, alan } = await buildWorld(await open());
    const find = async (text: string, principal: Principal, readsEverything = false) => {
      const reader = repositoryReader(services, principal, { readsEverything });
      const found = await listMatchingNamespaces(services.database.read, { text, reader, limit: 5 });
      return found.map(({ name }) => name);
    };
    assert.deepEqual(await find('a', anonymous), ['acme']);
    assert.deepEqual(await find('a', asUser(bob)), ['acme']);
    assert.deepEqual(await find('a', asUser(alan)), ['acme', 'acorn', 'alan']);
    assert.deepEqual(await find('a', asUser(alice)), ['acme', 'alice']);
    assert.deepEqual(await find('a', anonymous, true), ['acme', 'acorn', 'alan', 'alice']);
    assert.deepEqual(await find('bo', asUser(bob)), ['bob']);
    assert.deepEqual(await find('bo', anonymous), []);
    await setAccountEnabled(services, { accountId: bob.id, enabled: false });
    assert.deepEqual(await find('bo', anonymous, true), []);
  });

  test('entities, robots and teams', async () => {
    const { services, alice, bob, acme } = await buildWorld(await open());
    const { read } = services.database;
    const entities = async (
      text: string,
      more: { exactly?: boolean; robotsOf?: string; organizationId?: number } = {},
    ) => {
      const found = await listMatchingEntities(read, {
        text,
        exactly: more.exactly === true,
        robotsOf: more.robotsOf,
        organizationId: more.organizationId,
        limit: 10,
      });
      return found.map(({ name, isMember }) => [name, isMember]);
    };
    assert.deepEqual(await entities('al'), [
      ['alan', false],
      ['alice', false],
    ]);
    assert.deepEqual(await entities('al', { exactly: true }), []);
    assert.deepEqual(await entities('alice', { exactly: true }), [['alice', false]]);
    assert.deepEqual(await entities('bob', { organizationId: acme.id }), [['bob', true]]);
    assert.deepEqual(await entities('c', { robotsOf: 'acme' }), [['acme+ci', true]]);
    assert.deepEqual(await entities('a_'), []);

    const robots = async (text: string, accountId: number) =>
      (await listMatchingRobots(read, { text, accountId, limit: 10 })).map(({ name }) => name);
    assert.deepEqual(await robots('ci', alice.id), ['acme+ci', 'alice+ci_1', 'alice+cix1']);
    assert.deepEqual(await robots('ci_', alice.id), ['alice+ci_1']);
    assert.deepEqual(await robots('ci', bob.id), []);

    const teams = async (text: string, of: Parameters<typeof listMatchingTeams>[1]['of']) =>
      (await listMatchingTeams(read, { text, of, limit: 10 })).map(({ name, organization }) => [
        name,
        organization.name,
      ]);
    assert.deepEqual(await teams('read', { accountId: bob.id }), [['readers', 'acme']]);
    assert.deepEqual(await teams('read', { accountId: alice.id }), [['readers', 'acme']]);
    assert.deepEqual(await teams('read', { organizationId: acme.id }), [['readers', 'acme']]);
    assert.deepEqual(await teams('eaders', { organizationId: acme.id }), []);
  });
});

test('what is searched for', () => {
  for (const [text, expected] of [
    [' Web ', 'web'],
    ['', ''],
    ['a\0', undefined],
    ['a'.repeat(256), undefined],
  ] as const) {
    assert.equal(findSearchText(text), expected);
  }
});
