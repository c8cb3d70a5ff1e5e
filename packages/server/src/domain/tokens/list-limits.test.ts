import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  addOrInviteTeamMember,
  addTeamMember,
  createOrganization,
  createRobot,
  createTeam,
  createUser,
  inviteTeamMemberByEmail,
  listRobots,
  listTeamInvites,
  listTeamMembers,
  listTeamSummaries,
  putTeam,
} from '#/domain/namespaces/index.ts';
import {
  createPrototype,
  listPrototypes,
  listUserPermissions,
  setRepositoryPermission,
} from '#/domain/permissions/index.ts';
import {
  createAppToken,
  createOauthApplication,
  listAppTokens,
  listOauthApplications,
} from '#/domain/tokens/index.ts';
import { eachDatabase } from '#/testing/databases.ts';
import { insertTestRepository } from '#/testing/repositories.ts';
import { createTestServices } from '#/testing/services.ts';

const most = 3;
const limits = {
  appTokens: most,
  robots: most,
  applications: most,
  teams: most,
  prototypes: most,
  teamMembers: most,
  teamInvites: most,
  permissions: most,
};

eachDatabase('what one owner can have', (open) => {
  async function setUp() {
    const database = await open();
    const services = createTestServices({ database, settings: { listLimits: limits } });
    const people = [];
    for (const name of ['ann', 'bob', 'carl', 'dora', 'emma']) {
      people.push(await createUser(services, { name, password: 'correct-horse' }));
    }
    const [ann, bob] = people;
    if (ann === undefined || bob === undefined) throw new Error('nobody is there');
    const acme = await createOrganization(services, { name: 'acme', ownerId: ann.id });
    return { services, database, ann, bob, acme, names: people.map(({ name }) => name) };
  }

  /** Makes as many as are allowed at once; one more is refused, and changes nothing. */
  async function reachLimit(
    make: (index: number) => Promise<unknown>,
    list: () => Promise<readonly unknown[]>,
    message: RegExp,
  ): Promise<void> {
    const present = (await list()).length;
    await Promise.all(Array.from({ length: most - present }, (_, index) => make(index)));
    assert.equal((await list()).length, most);
    const more = await Promise.allSettled([make(most), make(most + 1)]);
    for (const result of more) {
      assert.equal(result.status, 'rejected');
      assert.equal(result.reason.code, 'invalid_request');
      assert.match(result.reason.message, message);
    }
    assert.equal((await list()).length, most);
  }

  test('app-specific tokens', async () => {
    const { services, database, ann } = await setUp();
    await reachLimit(
      (index) => createAppToken(services, { accountId: ann.id, title: `laptop ${index}` }),
      () => listAppTokens(database.read, ann.id),
      /at most 3 app-specific tokens/,
    );
  });

  test('robots', async () => {
    const { services, bob, acme } = await setUp();
    await createRobot(services, { owner: bob, shortName: 'other' });
    await reachLimit(
      (index) => createRobot(services, { owner: acme, shortName: `ci${index}` }),
      () => listRobots(services, acme.id),
      /at most 3 robots/,
    );
  });

  test('applications', async () => {
    const { services, acme } = await setUp();
    await reachLimit(
      (index) => createOauthApplication(services, { ownerId: acme.id, name: `app ${index}` }),
      () => listOauthApplications(services, acme.id),
      /at most 3 applications/,
    );
  });

  test('teams, made either way; one that is there can be changed', async () => {
    const { services, database, acme } = await setUp();
    const organizationId = acme.id;
    await reachLimit(
      (index) =>
        index % 2 === 0
          ? createTeam(services, { organizationId, name: `team${index}`, role: 'member' })
          : putTeam(services, { organizationId, name: `team${index}`, role: 'member' }),
      () => listTeamSummaries(database.read, organizationId, undefined),
      /at most 3 teams/,
    );
    const { created } = await putTeam(services, { organizationId, name: 'team0', role: 'creator' });
    assert.equal(created, false);
  });

  test('members of a team and invitations to it', async () => {
    const { services, database, ann, acme, names } = await setUp();
    const organizationId = acme.id;
    const team = await createTeam(services, { organizationId, name: 'dev', role: 'member' });
    const addressed = { organizationId, team: 'dev', inviter: ann, mail: async () => undefined };
    await reachLimit(
      (index) => inviteTeamMemberByEmail(services, { ...addressed, email: `p${index}@example.com` }),
      () => listTeamInvites(database.read, team.id),
      /at most 3 open invitations/,
    );
    const again = await inviteTeamMemberByEmail(services, { ...addressed, email: 'p0@example.com' });
    assert.equal(again.email, 'p0@example.com');
    await assert.rejects(
      addOrInviteTeamMember(services, { ...addressed, member: 'bob', announce: async () => undefined }),
      /at most 3 open invitations/,
    );
    await reachLimit(
      (index) => addTeamMember(services, { organizationId, team: 'dev', member: names[index] ?? '' }),
      () => listTeamMembers(database.read, team.id),
      /at most 3 members/,
    );
  });

  test('default permissions', async () => {
    const { services, database, acme, names } = await setUp();
    await reachLimit(
      (index) =>
        createPrototype(services, {
          organizationId: acme.id,
          role: 'read',
          delegate: { kind: 'user', name: names[index] ?? '' },
        }),
      () => listPrototypes(database.read, acme.id),
      /at most 3 default permissions/,
    );
  });

  test('permissions on a repository; one that is there can be changed', async () => {
    const { services, database, names } = await setUp();
    const id = await insertTestRepository(database);
    const { namespace_id: namespaceId } = await database.read
      .selectFrom('repositories')
      .select('namespace_id')
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    const repository = { id, namespaceId, namespace: 'some', name: 'app' };
    const give = (index: number, role: 'read' | 'write' = 'read') =>
      setRepositoryPermission(services, {
        repository,
        role,
        delegate: { kind: 'user', name: names[index] ?? '' },
      });
    await reachLimit(
      (index) => give(index),
      () => listUserPermissions(database.read, repository),
      /at most 3 permissions/,
    );
    await give(0, 'write');
    const [first] = await listUserPermissions(database.read, repository);
    assert.equal(first?.role, 'write');
  });
});
