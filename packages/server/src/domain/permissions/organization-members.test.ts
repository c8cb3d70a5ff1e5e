import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Database } from '#/db/database.ts';
import {
  addTeamMember,
  createOrganization,
  createRobot,
  createTeam,
  createUser,
} from '#/domain/namespaces/index.ts';
import {
  findTeamPermission,
  findUserPermission,
  listCollaborations,
  listDirectGrants,
  listGrantedRoles,
  listTeamPermissions,
  listTransitiveRoles,
  listUserPermissions,
  removeOrganizationMember,
  setRepositoryPermission,
} from '#/domain/permissions/index.ts';
import { createRepository, findRepositoryById } from '#/domain/repositories/index.ts';
import { eachDatabase } from '#/testing/databases.ts';
import { createTestServices } from '#/testing/services.ts';

async function buildWorld(database: Database) {
  const services = createTestServices({ database });
  const alice = await createUser(services, { name: 'alice' });
  const bob = await createUser(services, { name: 'bob' });
  await createUser(services, { name: 'carol' });
  const acme = await createOrganization(services, { name: 'acme', ownerId: alice.id });
  const rival = await createOrganization(services, { name: 'rival', ownerId: alice.id });
  const robot = (await createRobot(services, { owner: acme, shortName: 'ci' })).account;
  const dev = await createTeam(services, { organizationId: acme.id, name: 'dev', role: 'member' });
  await createTeam(services, { organizationId: rival.id, name: 'dev', role: 'member' });
  await addTeamMember(services, { organizationId: acme.id, team: 'dev', member: 'bob' });
  const make = async (namespaceId: number, name: string) => {
    const { id } = await createRepository(services, {
      namespaceId,
      name,
      visibility: 'private',
      creator: undefined,
    });
    const repository = await findRepositoryById(services.database.read, id);
    assert.ok(repository);
    return repository;
  };
  const app = await make(acme.id, 'app');
  const other = await make(rival.id, 'app');
  const give = (
    repository: typeof app,
    kind: 'user' | 'team',
    name: string,
    role: 'read' | 'write' | 'admin',
  ) => setRepositoryPermission(services, { repository, delegate: { kind, name }, role });
  await give(app, 'user', 'bob', 'read');
  await give(app, 'user', 'carol', 'write');
  await give(app, 'user', 'acme+ci', 'admin');
  await give(app, 'team', 'dev', 'write');
  await give(other, 'user', 'bob', 'admin');
  return { services, alice, bob, acme, rival, robot, dev, app, other };
}

eachDatabase('permissions in an organization', (open) => {
  test('of users tell who is a member', async () => {
    const { services, app, other } = await buildWorld(await open());
    const { read } = services.database;
    const views = (await listUserPermissions(read, app)).map(({ account, role, isMember }) => [
      account.name,
      role,
      isMember,
    ]);
    assert.deepEqual(views, [
      ['acme+ci', 'admin', true],
      ['bob', 'read', true],
      ['carol', 'write', false],
    ]);
    assert.equal((await findUserPermission(read, other, 'bob'))?.isMember, false);
    assert.equal(await findUserPermission(read, other, 'carol'), undefined);
  });

  test('of teams are those of the own organization', async () => {
    const { services, app, other } = await buildWorld(await open());
    const { read } = services.database;
    assert.deepEqual(await listTeamPermissions(read, app.id), [{ name: 'dev', role: 'write' }]);
    assert.deepEqual(await findTeamPermission(read, app, 'dev'), { name: 'dev', role: 'write' });
    assert.equal(await findTeamPermission(read, other, 'dev'), undefined);
  });

  test('add up over teams', async () => {
    const { services, app, other } = await buildWorld(await open());
    const { read } = services.database;
    assert.deepEqual(await listTransitiveRoles(read, app.id, 'bob'), ['read', 'write']);
    assert.deepEqual(await listTransitiveRoles(read, other.id, 'bob'), ['admin']);
    assert.deepEqual(await listTransitiveRoles(read, app.id, 'alice'), []);
    assert.deepEqual(await listTransitiveRoles(read, app.id, 'nobody'), []);
  });

  test('are listed by whom they were given to, inside the organization', async () => {
    const { services, acme, bob, robot, dev } = await buildWorld(await open());
    const { read } = services.database;
    const roles = (delegate: Parameters<typeof listGrantedRoles>[2]) =>
      listGrantedRoles(read, acme.id, delegate);
    const entry = (role: string) => [{ repository: 'app', visibility: 'private', role }];
    assert.deepEqual(await roles({ accountId: bob.id }), entry('read'));
    assert.deepEqual(await roles({ accountId: robot.id }), entry('admin'));
    assert.deepEqual(await roles({ teamId: dev.id }), entry('write'));
    const collaborations = await listCollaborations(read, acme.id);
    assert.deepEqual(
      collaborations.map(({ account, repository }) => `${account.name} ${repository}`),
      ['carol app'],
    );
    const robots = await listDirectGrants(read, acme.id, { kind: 'robot', through: robot.name });
    assert.deepEqual(robots, [{ accountId: robot.id, repository: 'app' }]);
    assert.deepEqual(await listDirectGrants(read, acme.id, { kind: 'robot', through: 'acme' }), []);
  });
});

eachDatabase('removeOrganizationMember', (open) => {
  test('takes teams and permissions away, in that organization only', async () => {
    const { services, acme, bob, app, other } = await buildWorld(await open());
    const remove = (member: string) =>
      removeOrganizationMember(services, { organizationId: acme.id, member });
    await remove('bob');
    const { read } = services.database;
    assert.equal(await findUserPermission(read, app, 'bob'), undefined);
    assert.equal((await findUserPermission(read, other, 'bob'))?.account.id, bob.id);
    assert.deepEqual(await listTransitiveRoles(read, app.id, 'bob'), []);
    for (const member of ['bob', 'carol', 'nobody']) {
      await assert.rejects(remove(member), { code: 'not_found' }, member);
    }
    await assert.rejects(remove('alice'), { code: 'invalid_request' });
  });

  test('of the last two administrators at once one stays', async () => {
    const { services, acme } = await buildWorld(await open());
    await addTeamMember(services, { organizationId: acme.id, team: 'owners', member: 'bob' });
    const results = await Promise.allSettled(
      ['alice', 'bob'].map((member) =>
        removeOrganizationMember(services, { organizationId: acme.id, member }),
      ),
    );
    assert.deepEqual(results.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
    assert.equal(results.find((result) => result.status === 'rejected')?.reason.code, 'invalid_request');
  });
});
