import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Database } from '#/db/database.ts';
import {
  addTeamMember,
  createOrganization,
  createRobot,
  createTeam,
  createUser,
  deleteTeam,
  getAccount,
  listTeamMembers,
  listTeams,
  removeTeamMember,
  setAccountEnabled,
  setTeamRole,
} from '#/domain/namespaces/index.ts';
import { eachDatabase } from '#/testing/databases.ts';
import { createTestServices } from '#/testing/services.ts';

async function buildWorld(database: Database) {
  const services = createTestServices({ database });
  const alice = await createUser(services, { name: 'alice' });
  const bob = await createUser(services, { name: 'bob' });
  const organization = await createOrganization(services, { name: 'acme', ownerId: alice.id });
  const organizationId = organization.id;
  return { services, alice, bob, organization, organizationId };
}

eachDatabase('teams', (open) => {
  test('an organization starts with its owner in the team owners', async () => {
    const { services, organization, organizationId } = await buildWorld(await open());
    assert.equal(organization.kind, 'organization');
    const [owners] = await listTeams(services.database.read, organizationId);
    assert.equal(owners?.name, 'owners');
    assert.equal(owners?.role, 'admin');
    const members = await listTeamMembers(services.database.read, owners?.id ?? 0);
    assert.deepEqual(
      members.map(({ name }) => name),
      ['alice'],
    );
  });

  test('organizations share one space of names with people and belong to people', async () => {
    const { services, alice, organizationId } = await buildWorld(await open());
    for (const [name, ownerId, code] of [
      ['bob', alice.id, 'already_exists'],
      ['acme', alice.id, 'already_exists'],
      ['new', organizationId, 'invalid_request'],
      ['new', 12_345, 'not_found'],
      ['New', alice.id, 'name_invalid'],
    ] as const) {
      await assert.rejects(createOrganization(services, { name, ownerId }), { code }, `${name} ${code}`);
    }
    await assert.rejects(createUser(services, { name: 'acme' }), { code: 'already_exists' });
  });

  test('of the same member added twice at once one wins', async () => {
    const { services, organizationId } = await buildWorld(await open());
    const add = () => addTeamMember(services, { organizationId, team: 'owners', member: 'bob' });
    const results = await Promise.allSettled([add(), add()]);
    assert.deepEqual(results.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
    assert.equal(results.find((result) => result.status === 'rejected')?.reason.code, 'already_exists');
  });

  test('take people and their own robots', async () => {
    const { services, bob, organization, organizationId } = await buildWorld(await open());
    await createRobot(services, { owner: organization, shortName: 'ci' });
    await createRobot(services, { owner: bob, shortName: 'ci' });
    const add = (team: string, member: string) => addTeamMember(services, { organizationId, team, member });
    await add('owners', 'acme+ci');
    await assert.rejects(add('owners', 'bob+ci'), { code: 'invalid_request' });
    await assert.rejects(add('owners', 'acme'), { code: 'invalid_request' });
    await assert.rejects(add('owners', 'nobody'), { code: 'invalid_request' });
    await assert.rejects(add('nobody', 'bob'), { code: 'not_found' });
  });

  test('never leave the organization without an administrator', async () => {
    const { services, organization, organizationId } = await buildWorld(await open());
    await createRobot(services, { owner: organization, shortName: 'ci' });
    await addTeamMember(services, { organizationId, team: 'owners', member: 'acme+ci' });
    const remove = (member: string) => removeTeamMember(services, { organizationId, team: 'owners', member });
    await assert.rejects(remove('alice'), { code: 'invalid_request' });
    await assert.rejects(setTeamRole(services, { organizationId, team: 'owners', role: 'member' }), {
      code: 'invalid_request',
    });
    await assert.rejects(deleteTeam(services, { organizationId, team: 'owners' }), {
      code: 'invalid_request',
    });
    await remove('acme+ci');
    await addTeamMember(services, { organizationId, team: 'owners', member: 'bob' });
    const results = await Promise.allSettled([remove('alice'), remove('bob')]);
    assert.deepEqual(results.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
    await assert.rejects(remove('nobody'), { code: 'invalid_request' });
  });

  test('a disabled person does not count as an administrator', async () => {
    const { services, bob, organizationId } = await buildWorld(await open());
    const owners = { organizationId, team: 'owners' };
    await addTeamMember(services, { ...owners, member: 'bob' });
    await setAccountEnabled(services, { accountId: bob.id, enabled: false });
    const leave = () => removeTeamMember(services, { ...owners, member: 'alice' });
    await assert.rejects(leave(), { code: 'invalid_request' });
    await setAccountEnabled(services, { accountId: bob.id, enabled: true });
    await leave();
  });

  test('have names of their own and roles that change', async () => {
    const { services, organizationId } = await buildWorld(await open());
    const team = await createTeam(services, { organizationId, name: 'dev', role: 'member' });
    assert.equal(team.role, 'member');
    const again = createTeam(services, { organizationId, name: 'dev', role: 'member' });
    await assert.rejects(again, { code: 'already_exists' });
    await assert.rejects(createTeam(services, { organizationId, name: 'Dev', role: 'member' }), {
      code: 'name_invalid',
    });
    await setTeamRole(services, { organizationId, team: 'dev', role: 'creator' });
    const teams = await listTeams(services.database.read, organizationId);
    assert.deepEqual(
      teams.map(({ name, role }) => `${name} ${role}`),
      ['owners admin', 'dev creator'],
    );
    await deleteTeam(services, { organizationId, team: 'dev' });
    assert.equal((await listTeams(services.database.read, organizationId)).length, 1);
  });

  test('each change of authority is announced after its commit', async () => {
    const { services, organizationId, alice } = await buildWorld(await open());
    const kinds: string[] = [];
    services.events.subscribe(({ kind }) => kinds.push(kind));
    await addTeamMember(services, { organizationId, team: 'owners', member: 'bob' });
    await removeTeamMember(services, { organizationId, team: 'owners', member: 'bob' });
    assert.deepEqual(kinds, ['authority-changed', 'authority-changed']);
    const missing = removeTeamMember(services, { organizationId, team: 'owners', member: 'bob' });
    await assert.rejects(missing, { code: 'invalid_request' });
    assert.equal(kinds.length, 2);
    assert.equal((await getAccount(services.database.read, alice.id)).name, 'alice');
  });
});
