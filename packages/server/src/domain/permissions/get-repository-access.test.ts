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
import {
  getNamespaceAccess,
  getRepositoryAccess,
  type RepositoryAccess,
  removeRepositoryPermission,
  setRepositoryPermission,
} from '#/domain/permissions/index.ts';
import { anonymous, type OauthScope, type Principal } from '#/domain/permissions/principal.ts';
import { createRepository, type RepositoryReference } from '#/domain/repositories/index.ts';
import type { Services } from '#/domain/services.ts';
import { eachDatabase } from '#/testing/databases.ts';
import { createTestServices } from '#/testing/services.ts';

const columns = ['private', 'public', 'application', 'readOnly', 'own', 'doomed', 'closed'] as const;
type Column = (typeof columns)[number];

/** Access of each principal to each repository, in the order of `columns`; anonymous access is on. */
const table: readonly (readonly [string, ...RepositoryAccess[]])[] = [
  // principal              private  public   applic.  readOnly own      doomed  closed
  ['anonymous', /*        */ 'none', 'read', 'none', 'none', 'none', 'none', 'none'],
  ['stranger', /*         */ 'none', 'read', 'none', 'none', 'none', 'none', 'none'],
  ['superuser', /*        */ 'none', 'read', 'none', 'none', 'none', 'none', 'none'],
  ['reader', /*           */ 'read', 'read', 'read', 'read', 'none', 'none', 'none'],
  ['writer', /*           */ 'write', 'write', 'write', 'write', 'none', 'none', 'none'],
  ['keeper', /*           */ 'admin', 'admin', 'admin', 'admin', 'none', 'none', 'none'],
  ['team-writer', /*      */ 'write', 'write', 'write', 'write', 'none', 'none', 'none'],
  ['reader-in-team', /*   */ 'write', 'write', 'write', 'write', 'none', 'none', 'none'],
  ['builder', /*          */ 'none', 'read', 'none', 'none', 'none', 'none', 'none'],
  ['boss', /*             */ 'admin', 'admin', 'admin', 'admin', 'none', 'none', 'none'],
  ['olga', /*             */ 'none', 'read', 'none', 'none', 'admin', 'none', 'none'],
  ['disabled', /*         */ 'none', 'none', 'none', 'none', 'none', 'none', 'none'],
  ['acme+ci', /*          */ 'write', 'write', 'write', 'write', 'none', 'none', 'none'],
  ['acme+team', /*        */ 'write', 'write', 'write', 'write', 'none', 'none', 'none'],
  ['acme+idle', /*        */ 'none', 'read', 'none', 'none', 'none', 'none', 'none'],
  ['olga+bot', /*         */ 'none', 'read', 'none', 'none', 'none', 'none', 'none'],
  ['closed+bot', /*       */ 'none', 'none', 'none', 'none', 'none', 'none', 'none'],
  ['token of private', /* */ 'write', 'read', 'none', 'none', 'none', 'none', 'none'],
  ['boss repo:read', /*   */ 'read', 'read', 'read', 'read', 'none', 'none', 'none'],
  ['boss repo:write', /*  */ 'write', 'write', 'write', 'write', 'none', 'none', 'none'],
  ['boss repo:admin', /*  */ 'admin', 'admin', 'admin', 'admin', 'none', 'none', 'none'],
  ['boss org:admin', /*   */ 'none', 'read', 'none', 'none', 'none', 'none', 'none'],
  ['reader repo:admin', /**/ 'read', 'read', 'read', 'read', 'none', 'none', 'none'],
];

interface World {
  readonly services: Services;
  readonly repositories: Readonly<Record<Column, RepositoryReference>>;
  readonly organization: Account;
  readonly account: (name: string) => Account;
  readonly principal: (name: string) => Principal;
}

async function buildWorld(database: Database, settings: Partial<Services['settings']> = {}): Promise<World> {
  const services = createTestServices({ database, settings });
  const accounts = new Map<string, Account>();
  const user = async (name: string): Promise<Account> => {
    const account = await createUser(services, { name, superuser: name === 'superuser' });
    accounts.set(name, account);
    return account;
  };
  const robot = async (owner: Account, shortName: string): Promise<void> => {
    const { account } = await createRobot(services, { owner, shortName });
    accounts.set(account.name, account);
  };
  const boss = await user('boss');
  const olga = await user('olga');
  for (const name of ['stranger', 'superuser', 'reader', 'writer', 'keeper']) await user(name);
  for (const name of ['team-writer', 'reader-in-team', 'builder']) await user(name);
  const disabled = await user('disabled');
  const organization = await createOrganization(services, { name: 'acme', ownerId: boss.id });
  const closed = await createOrganization(services, { name: 'closed', ownerId: boss.id });
  for (const shortName of ['ci', 'team', 'idle']) await robot(organization, shortName);
  await robot(olga, 'bot');
  await robot(closed, 'bot');
  const organizationId = organization.id;
  await createTeam(services, { organizationId, name: 'writers', role: 'member' });
  await createTeam(services, { organizationId, name: 'builders', role: 'creator' });
  await addTeamMember(services, { organizationId, team: 'builders', member: 'builder' });
  for (const member of ['team-writer', 'reader-in-team', 'acme+team']) {
    await addTeamMember(services, { organizationId, team: 'writers', member });
  }

  const create = (namespaceId: number, name: string, rest: Partial<Parameters<typeof createRepository>[1]>) =>
    createRepository(services, { namespaceId, name, visibility: 'private', creator: undefined, ...rest });
  const repositories: Record<Column, RepositoryReference> = {
    private: await create(organizationId, 'private', {}),
    public: await create(organizationId, 'public', { visibility: 'public' }),
    application: await create(organizationId, 'app', { visibility: 'public', kind: 'application' }),
    readOnly: await create(organizationId, 'read-only', {}),
    own: await create(olga.id, 'own', { creator: olga }),
    doomed: await create(organizationId, 'doomed', { visibility: 'public' }),
    closed: await create(closed.id, 'app', { visibility: 'public' }),
  };
  for (const column of columns.filter((column) => column !== 'own' && column !== 'closed')) {
    const repository = repositories[column];
    for (const [name, role] of [
      ['reader', 'read'],
      ['reader-in-team', 'read'],
      ['writer', 'write'],
      ['keeper', 'admin'],
      ['disabled', 'admin'],
      ['acme+ci', 'write'],
    ] as const) {
      await setRepositoryPermission(services, { repository, delegate: { kind: 'user', name }, role });
    }
    const delegate = { kind: 'team', name: 'writers' } as const;
    await setRepositoryPermission(services, { repository, delegate, role: 'write' });
  }
  await database.transaction(async (db) => {
    // What no operation allows but an imported database may hold.
    await db
      .insertInto('repository_permissions')
      .values({
        repository_id: repositories.private.id,
        account_id: accounts.get('olga+bot')?.id ?? 0,
        team_id: null,
        role: 'admin',
      })
      .execute();
    await db
      .updateTable('repositories')
      .set({ state: 'MARKED_FOR_DELETION' })
      .where('id', '=', repositories.doomed.id)
      .execute();
    await db
      .updateTable('repositories')
      .set({ state: 'READ_ONLY' })
      .where('id', '=', repositories.readOnly.id)
      .execute();
  });
  await setAccountEnabled(services, { accountId: disabled.id, enabled: false });
  await setAccountEnabled(services, { accountId: closed.id, enabled: false });

  const account = (name: string): Account => {
    const found = accounts.get(name);
    assert.ok(found, name);
    return found;
  };
  const principal = (name: string): Principal => {
    if (name === 'anonymous') return anonymous;
    if (name === 'token of private') {
      return {
        kind: 'access-token',
        repositoryId: repositories.private.id,
        role: 'write',
        tokenName: 'n',
        friendlyName: 'f',
      };
    }
    const [who = '', scope] = name.split(' ');
    const found = account(who);
    if (scope !== undefined) return oauthToken(found, [scope as OauthScope]);
    return found.kind === 'robot'
      ? { kind: 'robot', account: found, ownerId: found.ownerId ?? 0 }
      : { kind: 'user', account: found, superuser: found.superuser };
  };
  return { services, repositories, organization, account, principal };
}

function oauthToken(account: Account, scopes: readonly OauthScope[]): Principal {
  return {
    kind: 'oauth-token',
    account,
    superuser: account.superuser,
    scopes,
    tokenUuid: 'u',
    applicationName: 'n',
    clientId: 'c',
  };
}

eachDatabase('getRepositoryAccess', (open) => {
  test('gives every kind of principal what the table says', async () => {
    const { services, repositories, principal } = await buildWorld(await open());
    for (const [name, ...expected] of table) {
      const actual: RepositoryAccess[] = [];
      for (const column of columns) {
        actual.push(await getRepositoryAccess(services, principal(name), repositories[column]));
      }
      assert.deepEqual(actual, expected, name);
    }
  });

  test('shows public images to accounts only, without anonymous access', async () => {
    const { services, repositories, principal } = await buildWorld(await open(), {
      featureAnonymousAccess: false,
    });
    for (const [name, expected] of [
      ['anonymous', 'none'],
      ['token of private', 'none'],
      ['boss org:admin', 'none'],
      ['stranger', 'read'],
      ['olga+bot', 'read'],
      ['reader repo:read', 'read'],
    ] as const) {
      assert.equal(await getRepositoryAccess(services, principal(name), repositories.public), expected, name);
    }
  });

  test('ends with the permission', async () => {
    const { services, repositories, principal } = await buildWorld(await open());
    const delegate = { kind: 'user', name: 'writer' } as const;
    await removeRepositoryPermission(services, { repository: repositories.private, delegate });
    assert.equal(await getRepositoryAccess(services, principal('writer'), repositories.private), 'none');
    const again = removeRepositoryPermission(services, { repository: repositories.private, delegate });
    await assert.rejects(again, { code: 'invalid_request' });
  });

  test('a permission given twice is changed', async () => {
    const { services, repositories, principal } = await buildWorld(await open());
    const repository = repositories.private;
    const delegate = { kind: 'user', name: 'reader' } as const;
    await setRepositoryPermission(services, { repository, delegate, role: 'admin' });
    assert.equal(await getRepositoryAccess(services, principal('reader'), repository), 'admin');
    assert.equal(await getRepositoryAccess(services, principal('writer'), repository), 'write');
  });

  test('refuses permissions that cannot be', async () => {
    const { services, repositories } = await buildWorld(await open());
    for (const [repository, kind, name, code] of [
      [repositories.private, 'user', 'nobody', 'invalid_request'],
      [repositories.private, 'team', 'nobody', 'invalid_request'],
      [repositories.private, 'user', 'closed', 'invalid_request'],
      [repositories.private, 'user', 'olga+bot', 'invalid_request'],
      [repositories.own, 'user', 'olga', 'invalid_request'],
      [repositories.own, 'team', 'writers', 'invalid_request'],
    ] as const) {
      const refused = setRepositoryPermission(services, {
        repository,
        delegate: { kind, name },
        role: 'read',
      });
      await assert.rejects(refused, { code }, `${kind} ${name}`);
    }
  });
});

eachDatabase('getNamespaceAccess', (open) => {
  test('counts ownership, teams and scopes', async () => {
    const { services, organization, account, principal } = await buildWorld(await open());
    for (const [name, expected] of [
      ['anonymous', 'none'],
      ['stranger', 'none'],
      ['superuser', 'none'],
      ['keeper', 'none'],
      ['team-writer', 'member'],
      ['builder', 'creator'],
      ['boss', 'admin'],
      ['acme+team', 'member'],
      ['acme+ci', 'none'],
      ['olga+bot', 'none'],
      ['disabled', 'none'],
      ['token of private', 'none'],
      ['boss repo:create', 'creator'],
      ['boss org:admin', 'admin'],
      ['boss repo:admin', 'none'],
      ['team-writer org:admin', 'member'],
    ] as const) {
      assert.equal(await getNamespaceAccess(services, principal(name), organization.id), expected, name);
    }
    const olga = account('olga');
    assert.equal(await getNamespaceAccess(services, principal('olga'), olga.id), 'admin');
    assert.equal(await getNamespaceAccess(services, principal('olga+bot'), olga.id), 'none');
    assert.equal(await getNamespaceAccess(services, principal('boss'), olga.id), 'none');
    await setAccountEnabled(services, { accountId: organization.id, enabled: false });
    assert.equal(await getNamespaceAccess(services, principal('boss'), organization.id), 'none');
  });
});
