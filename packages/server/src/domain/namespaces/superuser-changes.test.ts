import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deleteNamespace } from '#/domain/gc/index.ts';
import { eachDatabase } from '#/testing/databases.ts';
import { createTestServices } from '#/testing/services.ts';
import {
  changeUserAsSuperuser,
  createOrganization,
  createTeam,
  createUser,
  enableTeamSync,
  findPresentAccount,
  listAccountsByIds,
  listPresentAccounts,
  listSuperuserIds,
  listTeamMembers,
  listTeams,
  takeOwnership,
} from './index.ts';

const performer = { accountId: null, ip: null, metadata: {} };

const forgetPerson = async (): Promise<void> => undefined;

eachDatabase('what superusers do to accounts', (open) => {
  async function setUp() {
    const services = createTestServices({ database: await open(), settings: { superUsers: ['named'] } });
    const person = (name: string, more = {}) =>
      createUser(services, { name, password: 'correct-horse', ...more });
    const root = await person('root', { superuser: true });
    const named = await person('named');
    const hugo = await person('hugo', { email: 'hugo@example.com' });
    return { services, person, root, named, hugo, read: services.database.read };
  }

  test('accounts are listed by name, without those that are being deleted', async () => {
    const { services, person, read, hugo } = await setUp();
    const ida = await person('ida');
    await createOrganization(services, { name: 'acme', ownerId: hugo.id });
    await deleteNamespace(services, { accountId: ida.id });
    const page = { kind: 'user', after: undefined, limit: 9, enabledOnly: false } as const;
    const names = async (more = {}) =>
      (await listPresentAccounts(read, { ...page, ...more })).map(({ name }) => name).join(' ');
    assert.equal(await names(), 'hugo named root');
    assert.equal(await names({ after: 'hugo', limit: 1 }), 'named');
    assert.equal(await names({ kind: 'organization' }), 'acme');
    await changeUserAsSuperuser(services, {
      accountId: hugo.id,
      enabled: false,
      performer,
      performerName: 'root',
    });
    assert.equal(await names({ enabledOnly: true }), 'named root');
    const [retired] = await listAccountsByIds(read, [ida.id]);
    assert.equal(await findPresentAccount(read, 'user', retired?.name ?? ''), undefined);
    assert.equal(await findPresentAccount(read, 'organization', 'hugo'), undefined);
    assert.equal((await findPresentAccount(read, 'user', 'hugo'))?.id, hugo.id);
  });

  test('superusers are found by database and by name', async () => {
    const { read, root, named } = await setUp();
    assert.deepEqual(await listSuperuserIds(read, ['named', 'nobody']), [root.id, named.id]);
    assert.deepEqual(await listSuperuserIds(read, []), [root.id]);
  });

  test('a change counts whole or not at all, and never for a superuser', async () => {
    const { services, read, root, named, hugo, person } = await setUp();
    await person('ida', { email: 'ida@example.com' });
    const change = (accountId: number, more: object) =>
      changeUserAsSuperuser(services, { accountId, performer, performerName: 'root', ...more });
    await assert.rejects(change(hugo.id, { enabled: false, superuser: true, email: 'ida@example.com' }), {
      code: 'already_exists',
    });
    const [same] = await listAccountsByIds(read, [hugo.id]);
    assert.deepEqual(same, hugo);
    for (const { id } of [root, named]) {
      await assert.rejects(change(id, { enabled: false }), { code: 'invalid_request' });
    }
    const changed = await change(hugo.id, { email: 'h@example.com', password: 'better-horse' });
    assert.deepEqual([changed.email, changed.verified], ['h@example.com', true]);
    assert.notEqual(changed.passwordHash, hugo.passwordHash);
  });

  test('the new owner joins a team that no directory fills; without one a team is made', async () => {
    const { services, read, root, hugo } = await setUp();
    const acme = await createOrganization(services, { name: 'acme', ownerId: hugo.id });
    const take = () =>
      takeOwnership(services, { accountId: acme.id, superuser: root, performer, forgetPerson });
    const teamsOfRoot = async () => {
      const names: string[] = [];
      for (const team of await listTeams(read, acme.id)) {
        const members = await listTeamMembers(read, team.id);
        if (members.some(({ id }) => id === root.id)) names.push(`${team.name}:${team.role}`);
      }
      return names;
    };
    await createTeam(services, { organizationId: acme.id, name: 'admins', role: 'admin' });
    await take();
    assert.deepEqual(await teamsOfRoot(), ['owners:admin']);
    const globex = await createOrganization(services, { name: 'globex', ownerId: hugo.id });
    await enableTeamSync(services, {
      organizationId: globex.id,
      team: 'owners',
      service: 'ldap',
      config: { group_dn: 'cn=owners' },
      performer,
    });
    await takeOwnership(services, { accountId: globex.id, superuser: root, performer, forgetPerson });
    const made = (await listTeams(read, globex.id)).find(({ name }) => name === 'owners2');
    assert.deepEqual(
      (await listTeamMembers(read, made?.id ?? 0)).map(({ name }) => name),
      ['root'],
    );
  });

  test('who alone administers another organization is not turned into one', async () => {
    const { services, read, root, named, hugo } = await setUp();
    const acme = await createOrganization(services, { name: 'acme', ownerId: hugo.id });
    const take = (accountId: number) =>
      takeOwnership(services, { accountId, superuser: root, performer, forgetPerson });
    await assert.rejects(take(hugo.id), { code: 'invalid_request' });
    await take(acme.id);
    await take(hugo.id);
    assert.equal((await findPresentAccount(read, 'organization', 'hugo'))?.id, hugo.id);
    await assert.rejects(take(named.id), { code: 'invalid_request' });
  });
});
