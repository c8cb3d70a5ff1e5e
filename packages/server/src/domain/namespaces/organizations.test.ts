import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Database } from '#/db/database.ts';
import {
  addTeamMember,
  changeEmail,
  changeOrganization,
  createOrganization,
  createRobot,
  createTeam,
  createUser,
  deleteTeam,
  disableTeamSync,
  enableTeamSync,
  findAccountByEmail,
  findTeam,
  findTeamSync,
  listOrganizationsByEmail,
  listRobotSummaries,
  listRobotTeams,
  listTeamMemberships,
  listTeamSummaries,
  putTeam,
  removeTeamMember,
  setTeamRole,
} from '#/domain/namespaces/index.ts';
import { eachDatabase } from '#/testing/databases.ts';
import { createTestServices } from '#/testing/services.ts';

async function buildWorld(database: Database) {
  const services = createTestServices({ database });
  const alice = await createUser(services, { name: 'alice', email: 'alice@example.com' });
  const bob = await createUser(services, { name: 'bob' });
  const organization = await createOrganization(services, { name: 'acme', ownerId: alice.id });
  const organizationId = organization.id;
  await createTeam(services, { organizationId, name: 'dev', role: 'member' });
  await addTeamMember(services, { organizationId, team: 'dev', member: 'bob' });
  return { services, alice, bob, organization, organizationId };
}

const options = [86_400, 0];

eachDatabase('organizations', (open) => {
  test('have the address of a person where that is allowed, who alone is found by it', async () => {
    const { services, alice, organizationId } = await buildWorld(await open());
    const email = 'alice@example.com';
    const shared = { ...services, settings: { ...services.settings, featureOrganizationSharedEmail: true } };
    const change = (used: typeof services) =>
      changeOrganization(used, { organizationId, changes: { email }, tagExpirationOptionSeconds: options });
    const create = (used: typeof services) =>
      createOrganization(used, { name: 'other', email, ownerId: alice.id });
    await assert.rejects(change(services), { code: 'already_exists' });
    await assert.rejects(create(services), { code: 'already_exists' });
    assert.equal((await change(shared)).email, email);
    assert.equal((await create(shared)).email, email);
    assert.equal((await findAccountByEmail(services.database.read, email))?.name, 'alice');
    const organizations = await listOrganizationsByEmail(services.database.read, email, 10);
    assert.deepEqual(organizations.map(({ name }) => name).sort(), ['acme', 'other']);
    await assert.rejects(createUser(shared, { name: 'carol', email }), { code: 'already_exists' });
    await assert.rejects(changeEmail(shared, { accountId: alice.id + 1, email }), { code: 'already_exists' });
  });

  test('change what is given and log only that', async () => {
    const { services, organizationId } = await buildWorld(await open());
    const change = (changes: Parameters<typeof changeOrganization>[1]['changes']) =>
      changeOrganization(services, { organizationId, changes, tagExpirationOptionSeconds: options });
    const changed = await change({ email: 'office@acme.example', tagExpirationSeconds: 0 });
    assert.deepEqual([changed.email, changed.tagExpirationSeconds], ['office@acme.example', 0]);
    await change({ email: 'office@acme.example', invoiceEmail: false });
    const logs = await services.database.read
      .selectFrom('action_logs')
      .select('kind')
      .where('kind', 'like', 'org_change%')
      .orderBy('kind')
      .execute();
    assert.deepEqual(
      logs.map(({ kind }) => kind),
      ['org_change_email', 'org_change_tag_expiration'],
    );
    assert.equal((await change({ email: null })).email, null);
    for (const [changes, code] of [
      [{ email: 'alice@example.com' }, 'already_exists'],
      [{ email: 'nonsense' }, 'invalid_request'],
      [{ invoiceEmailAddress: 'nonsense' }, 'invalid_request'],
      [{ tagExpirationSeconds: 1 }, 'invalid_request'],
    ] as const) {
      await assert.rejects(change(changes), { code });
    }
  });

  test('do not take the address of a person', async () => {
    const { services, alice } = await buildWorld(await open());
    const taken = createOrganization(services, {
      name: 'other',
      ownerId: alice.id,
      email: 'alice@example.com',
    });
    await assert.rejects(taken, { code: 'already_exists' });
  });

  test('count members and repositories of their teams, and say where the viewer is', async () => {
    const { services, bob, organizationId } = await buildWorld(await open());
    const summaries = await listTeamSummaries(services.database.read, organizationId, bob.id);
    assert.deepEqual(
      summaries.map((team) => [
        team.name,
        team.memberCount,
        team.repositoryCount,
        team.isSynced,
        team.isViewerMember,
      ]),
      [
        ['owners', 1, 0, false, false],
        ['dev', 1, 0, false, true],
      ],
    );
    const all = await listTeamMemberships(services.database.read, organizationId, {});
    assert.deepEqual(
      all.map(({ account, team }) => `${account.name} ${team.name}`),
      ['alice owners', 'bob dev'],
    );
    const own = await listTeamMemberships(services.database.read, organizationId, { accountId: bob.id });
    assert.equal(own.length, 1);
  });
});

eachDatabase('administrators', (open) => {
  test('never take their own last administration away', async () => {
    const { services, alice, bob, organizationId } = await buildWorld(await open());
    const by = (accountId: number) => ({ performer: { accountId, ip: null, metadata: {} } });
    await putTeam(services, { organizationId, name: 'chiefs', role: 'admin' });
    await addTeamMember(services, { organizationId, team: 'chiefs', member: 'bob' });
    const chiefs = { organizationId, team: 'chiefs' };
    for (const change of [
      () => setTeamRole(services, { ...chiefs, role: 'member', ...by(bob.id) }),
      () =>
        putTeam(services, { organizationId, name: 'chiefs', role: 'creator', ...by(bob.id) }).then(
          () => undefined,
        ),
      () => removeTeamMember(services, { ...chiefs, member: 'bob', ...by(bob.id) }),
      () => deleteTeam(services, { ...chiefs, ...by(bob.id) }),
    ]) {
      await assert.rejects(change(), { code: 'invalid_request' });
    }
    await removeTeamMember(services, { ...chiefs, member: 'bob', ...by(alice.id) });
    await setTeamRole(services, { ...chiefs, role: 'member', ...by(alice.id) });
    const { team, created } = await putTeam(services, {
      organizationId,
      name: 'chiefs',
      role: 'creator',
      description: 'once',
    });
    assert.deepEqual([team.role, team.description, created], ['creator', 'once', false]);
    const long = putTeam(services, {
      organizationId,
      name: 'chiefs',
      role: 'creator',
      description: 'x'.repeat(10_001),
    });
    await assert.rejects(long, { code: 'invalid_request' });
  });
});

eachDatabase('synced teams', (open) => {
  test('take and lose only robots by hand', async () => {
    const { services, organization, organizationId } = await buildWorld(await open());
    await createRobot(services, { owner: organization, shortName: 'ci' });
    const dev = { organizationId, team: 'dev' };
    await enableTeamSync(services, { ...dev, service: 'ldap', config: { group_dn: 'cn=old' } });
    await enableTeamSync(services, { ...dev, service: 'ldap', config: { group_dn: 'cn=new' } });
    const team = await findTeam(services.database.read, organizationId, 'dev');
    assert.deepEqual(await findTeamSync(services.database.read, team?.id ?? 0), {
      service: 'ldap',
      config: { group_dn: 'cn=new' },
      lastUpdatedMs: null,
    });
    for (const change of [addTeamMember, removeTeamMember]) {
      await assert.rejects(change(services, { ...dev, member: 'bob' }), { code: 'invalid_request' });
      await change(services, { ...dev, member: 'acme+ci' });
    }
    await disableTeamSync(services, dev);
    await assert.rejects(disableTeamSync(services, dev), { code: 'invalid_request' });
    await removeTeamMember(services, { ...dev, member: 'bob' });
  });
});

eachDatabase('lists of robots', (open) => {
  test('are by name, up to a limit, with tokens only on request', async () => {
    const { services, organization, organizationId, alice } = await buildWorld(await open());
    for (const shortName of ['cc', 'aa', 'bb'])
      await createRobot(services, { owner: organization, shortName });
    await createRobot(services, { owner: alice, shortName: 'aa' });
    for (const member of ['acme+aa', 'acme+cc']) {
      await addTeamMember(services, { organizationId, team: 'dev', member });
    }
    const robots = await listRobotSummaries(services, organizationId, { limit: 2, withTokens: false });
    assert.deepEqual(
      robots.map(({ name, token }) => [name, token]),
      [
        ['acme+aa', undefined],
        ['acme+bb', undefined],
      ],
    );
    const [first] = await listRobotSummaries(services, organizationId, {
      limit: undefined,
      withTokens: true,
    });
    assert.equal(first?.token?.length, 64);
    const teams = await listRobotTeams(services.database.read, organizationId, 'acme+bb');
    assert.deepEqual([...teams], [[first.id, ['dev']]]);
  });

  test('robots are refused where they are not allowed, but for exceptions', async () => {
    const database = await open();
    const robots = { disallowed: true, exceptions: ['alice+ci'] };
    const services = createTestServices({ database, settings: { robots } });
    const alice = await createUser(services, { name: 'alice' });
    await createRobot(services, { owner: alice, shortName: 'ci' });
    const other = createRobot(services, { owner: alice, shortName: 'other' });
    await assert.rejects(other, { code: 'invalid_request' });
  });
});
