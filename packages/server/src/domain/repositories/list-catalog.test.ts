import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Database } from '#/db/database.ts';
import {
  type Account,
  addTeamMember,
  createOrganization,
  createRobot,
  createTeam,
  createUser,
  setAccountEnabled,
} from '#/domain/namespaces/index.ts';
import { setRepositoryPermission } from '#/domain/permissions/index.ts';
import { anonymous, type OauthScope, type Principal } from '#/domain/permissions/principal.ts';
import { createRepository, listCatalog, type RepositoryPosition } from '#/domain/repositories/index.ts';
import type { Services } from '#/domain/services.ts';
import { eachDatabase } from '#/testing/databases.ts';
import { createTestServices } from '#/testing/services.ts';

interface World {
  readonly services: Services;
  readonly alice: Account;
  readonly bob: Account;
  readonly robot: Account;
}

/** alice owns `alice` and administers `acme` and `acme-b`; bob has a permission, a team and nothing else. */
async function buildWorld(database: Database, settings: Partial<Services['settings']> = {}): Promise<World> {
  const services = createTestServices({ database, settings });
  const alice = await createUser(services, { name: 'alice' });
  const bob = await createUser(services, { name: 'bob' });
  const acme = await createOrganization(services, { name: 'acme', ownerId: alice.id });
  const other = await createOrganization(services, { name: 'acme-b', ownerId: alice.id });
  const closed = await createOrganization(services, { name: 'closed', ownerId: alice.id });
  const robot = (await createRobot(services, { owner: acme, shortName: 'ci' })).account;
  await createTeam(services, { organizationId: acme.id, name: 'readers', role: 'member' });
  await addTeamMember(services, { organizationId: acme.id, team: 'readers', member: 'bob' });
  await addTeamMember(services, { organizationId: acme.id, team: 'readers', member: 'acme+ci' });
  const create = (
    namespace: Account,
    name: string,
    rest: Partial<Parameters<typeof createRepository>[1]> = {},
  ) =>
    createRepository(services, {
      namespaceId: namespace.id,
      name,
      visibility: 'private',
      creator: alice,
      ...rest,
    });
  await create(alice, 'z');
  await create(alice, 'a_b');
  await create(alice, 'a-b');
  const shared = await create(alice, 'a');
  const team = await create(acme, 'team');
  await create(acme, 'chart', { kind: 'application', visibility: 'public' });
  await create(acme, 'open', { visibility: 'public' });
  await create(other, 'app');
  await create(closed, 'app', { visibility: 'public' });
  const doomed = await create(acme, 'doomed', { visibility: 'public' });
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
  await database.transaction(async (db) => {
    await db
      .updateTable('repositories')
      .set({ state: 'MARKED_FOR_DELETION' })
      .where('id', '=', doomed.id)
      .execute();
  });
  await setAccountEnabled(services, { accountId: closed.id, enabled: false });
  return { services, alice, bob, robot };
}

const paths = (positions: readonly RepositoryPosition[]): string[] =>
  positions.map(({ namespace, name }) => `${namespace}/${name}`);
const asUser = (account: Account): Principal => ({ kind: 'user', account, superuser: false });
const asToken = (account: Account, scope: OauthScope): Principal => ({
  kind: 'oauth-token',
  account,
  superuser: false,
  scopes: [scope],
  tokenUuid: 'u',
  applicationName: 'n',
  clientId: 'c',
});

const ofAlice = ['acme/open', 'acme/team', 'acme-b/app', 'alice/a', 'alice/a-b', 'alice/a_b', 'alice/z'];

eachDatabase('listCatalog', (open) => {
  for (const [publicCatalog, title] of [
    [false, 'lists what the principal reads by its own rights'],
    [true, 'lists public images for everybody with FEATURE_PUBLIC_CATALOG'],
  ] as const) {
    test(title, async () => {
      const { services, alice, bob, robot } = await buildWorld(await open(), {
        featurePublicCatalog: publicCatalog,
      });
      const ifPublic = publicCatalog ? ['acme/open'] : [];
      const rows: readonly (readonly [string, Principal, readonly string[]])[] = [
        ['alice', asUser(alice), ofAlice],
        ['bob', asUser(bob), [...ifPublic, 'acme/team', 'alice/a']],
        ['robot', { kind: 'robot', account: robot, ownerId: robot.ownerId ?? 0 }, [...ifPublic, 'acme/team']],
        ['repo:read', asToken(alice, 'repo:read'), ofAlice],
        ['org:admin', asToken(alice, 'org:admin'), ifPublic],
        ['anonymous', anonymous, ifPublic],
        [
          'access token',
          { kind: 'access-token', repositoryId: 1, role: 'read', tokenName: 'n', friendlyName: 'f' },
          [],
        ],
      ];
      for (const [name, principal, expected] of rows) {
        assert.deepEqual(paths(await listCatalog(services, { principal, limit: 100 })), expected, name);
      }
      await setAccountEnabled(services, { accountId: bob.id, enabled: false });
      assert.deepEqual(await listCatalog(services, { principal: asUser(bob), limit: 100 }), []);
    });
  }

  test('pages meet without gap or overlap at every size, from any position', async () => {
    const { services, alice } = await buildWorld(await open(), { featurePublicCatalog: true });
    const principal = asUser(alice);
    for (const limit of [1, 2, 3, 7]) {
      const all: string[] = [];
      let after: RepositoryPosition | undefined;
      for (;;) {
        const page = await listCatalog(services, { principal, after, limit });
        all.push(...paths(page));
        after = page.at(-1);
        if (page.length < limit) break;
      }
      assert.deepEqual(all, ofAlice, `limit ${limit}`);
    }
    const middle = await listCatalog(services, {
      principal,
      after: { namespace: 'acme', name: 'p' },
      limit: 2,
    });
    assert.deepEqual(paths(middle), ['acme/team', 'acme-b/app']);
    assert.deepEqual(await listCatalog(services, { principal, limit: 0 }), []);
  });
});
