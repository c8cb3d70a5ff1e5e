import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Database } from '#/db/database.ts';
import { addTeamMember, createOrganization, createTeam, createUser } from '#/domain/namespaces/index.ts';
import { getRepositoryAccess, setRepositoryPermission } from '#/domain/permissions/index.ts';
import { anonymous, type OauthScope, type Principal } from '#/domain/permissions/principal.ts';
import {
  createRepository,
  findRepositoryById,
  listVisibleRepositories,
  repositoryReader,
  starRepository,
  type VisiblePage,
} from '#/domain/repositories/index.ts';
import { eachDatabase } from '#/testing/databases.ts';
import { createTestServices } from '#/testing/services.ts';

async function buildWorld(database: Database) {
  const services = createTestServices({ database });
  const alice = await createUser(services, { name: 'alice' });
  const bob = await createUser(services, { name: 'bob' });
  const acme = await createOrganization(services, { name: 'acme', ownerId: alice.id });
  await createTeam(services, { organizationId: acme.id, name: 'readers', role: 'member' });
  await addTeamMember(services, { organizationId: acme.id, team: 'readers', member: 'bob' });
  const create = (namespaceId: number, name: string, visibility: 'public' | 'private' = 'private') =>
    createRepository(services, { namespaceId, name, visibility, creator: undefined });
  await create(alice.id, 'mine');
  const shared = await create(alice.id, 'shared');
  const team = await create(acme.id, 'team');
  await create(acme.id, 'a-open', 'public');
  await create(acme.id, 'closed');
  await create(bob.id, 'b-open', 'public');
  await setRepositoryPermission(services, {
    repository: shared,
    delegate: { kind: 'user', name: 'bob' },
    role: 'read',
  });
  await setRepositoryPermission(services, {
    repository: team,
    delegate: { kind: 'team', name: 'readers' },
    role: 'write',
  });
  const list = (principal: Principal, page: Partial<VisiblePage> = {}) =>
    listVisibleRepositories(database.read, {
      reader: repositoryReader(services, principal, { readsEverything: false }),
      includePublic: false,
      kind: 'image',
      order: 'id',
      limit: 100,
      ...page,
    });
  return { services, alice, bob, acme, shared, team, list };
}

const asUser = (account: { id: number; uuid: string; name: string }): Principal => ({
  kind: 'user',
  account,
  superuser: false,
});
const asToken = (account: { id: number; uuid: string; name: string }, scope: OauthScope): Principal => ({
  kind: 'oauth-token',
  account,
  superuser: false,
  scopes: [scope],
  tokenUuid: 'u',
  applicationName: 'n',
  clientId: 'c',
});

eachDatabase('listVisibleRepositories', (open) => {
  test('lists what getRepositoryAccess lets the principal read, on pages that meet', async () => {
    const { services, alice, bob, list } = await buildWorld(await open());
    const ids = await services.database.read.selectFrom('repositories').select('id').orderBy('id').execute();
    for (const principal of [
      asUser(alice),
      asUser(bob),
      asToken(bob, 'repo:read'),
      asToken(bob, 'user:admin'),
      anonymous,
    ]) {
      const readable: string[] = [];
      for (const { id } of ids) {
        const repository = await findRepositoryById(services.database.read, id);
        if (repository === undefined) continue;
        const access = await getRepositoryAccess(services, principal, repository);
        if (access !== 'none') readable.push(repository.name);
      }
      for (const limit of [1, 2, 100]) {
        const seen: string[] = [];
        let after: number | undefined;
        for (;;) {
          const page = await list(principal, { includePublic: true, after, limit });
          seen.push(...page.map(({ name }) => name));
          after = page.at(-1)?.id;
          if (page.length < limit) break;
        }
        assert.deepEqual(seen, readable, `${principal.kind} ${limit}`);
      }
    }
  });

  test('one namespace goes by name; own rights alone leave public ones out', async () => {
    const { alice, bob, acme, list } = await buildWorld(await open());
    const names = async (principal: Principal, page: Partial<VisiblePage>) =>
      (await list(principal, { order: 'name', namespaceId: acme.id, ...page })).map(({ name }) => name);
    assert.deepEqual(await names(asUser(alice), {}), ['a-open', 'closed', 'team']);
    assert.deepEqual(await names(asUser(alice), { after: 'a-open', limit: 1 }), ['closed']);
    assert.deepEqual(await names(asUser(bob), {}), ['team']);
    assert.deepEqual(await names(asUser(bob), { includePublic: true }), ['a-open', 'team']);
    assert.deepEqual(await names(anonymous, {}), []);
    assert.deepEqual(await names(asUser(alice), { kind: 'application' }), []);
  });

  test('details come with the page, in one query', async () => {
    const { services, bob, shared, team, list } = await buildWorld(await open());
    await starRepository(services, { accountId: bob.id, repositoryId: team.id });
    await starRepository(services, { accountId: bob.id, repositoryId: team.id });
    await services.database.transaction((db) =>
      db
        .insertInto('repository_action_counts')
        .values([
          { repository_id: shared.id, day: 10, count: 3 },
          { repository_id: shared.id, day: 9, count: 5 },
        ])
        .execute(),
    );
    const page = await list(asUser(bob), { starsOf: bob.id, modifiedAtMs: 0, popularSinceDay: 10 });
    assert.deepEqual(
      page.map(({ name, isStarred, popularity, lastModifiedMs }) => [
        name,
        isStarred,
        popularity,
        lastModifiedMs,
      ]),
      [
        ['shared', false, 3, null],
        ['team', true, 0, null],
        ['b-open', false, 0, null],
      ],
    );
    const starred = await list(asUser(bob), { starredBy: bob.id, includePublic: true });
    assert.deepEqual(
      starred.map(({ name }) => name),
      ['team'],
    );
  });
});
