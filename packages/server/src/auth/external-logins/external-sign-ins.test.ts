import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AuthEngine, DirectoryPerson } from '#/auth/engines/define-auth-engine.ts';
import { DomainError } from '#/domain/errors.ts';
import { createUser, findAccountByName, listFederatedLogins } from '#/domain/namespaces/index.ts';
import type { DomainSettings } from '#/domain/services.ts';
import { eachDatabase } from '#/testing/databases.ts';
import { createTestServices } from '#/testing/services.ts';
import type { BindingField, ExternalIdentity, ExternalLogin } from './define-external-login.ts';
import { type ExternalSignIns, resolveExternalAccount } from './external-sign-ins.ts';

const ann: ExternalIdentity = { identifier: '17', username: 'Ann', email: 'ann@example.com' };

const localEngine: AuthEngine = {
  checksPasswords: true,
  verify: async () => ({ refusal: new DomainError('invalid_credentials', 'no') }),
};

/** A directory of these people. */
function directory(...people: DirectoryPerson[]): AuthEngine {
  return {
    ...localEngine,
    service: 'ldap',
    people: {
      findPerson: async (value) =>
        people.find(({ username, email }) => value === username || value === email),
      findPeople: async () => [],
    },
  };
}

function loginOf(bindingField?: BindingField): ExternalLogin {
  return {
    id: 'corp',
    kind: 'oidc',
    title: 'Corp',
    icon: '',
    publicSettings: {},
    bindingField,
    authorizationUrl: () => assert.fail(),
    identify: () => assert.fail(),
  };
}

eachDatabase('accounts of external identities', (open) => {
  async function setUp(
    options: { settings?: Partial<DomainSettings>; engine?: AuthEngine; needsHuman?: boolean } = {},
  ) {
    const services = createTestServices({ database: await open(), settings: options.settings ?? {} });
    const signIns: ExternalSignIns = {
      logins: [],
      needsHuman: options.needsHuman ?? false,
      directoryId: 'corp',
      syncsTeams: false,
      basic: { engine: options.engine ?? localEngine },
      pending: { key: Buffer.alloc(32), secure: false },
    };
    const resolve = async (
      identity: ExternalIdentity = ann,
      login: ExternalLogin = loginOf(),
      isHuman = false,
    ) => {
      const found = await resolveExternalAccount(services, signIns, login, identity, { isHuman });
      return found === 'human' ? found : found.account.name;
    };
    const linksOf = async (name: string) => {
      const account = await findAccountByName(services.database.read, name);
      const links = await listFederatedLogins(services.database.read, account?.id ?? 0);
      return links.map(({ service, serviceIdentifier }) => `${service}:${serviceIdentifier}`);
    };
    return { services, resolve, linksOf };
  }

  for (const [field, identity] of [
    ['sub', { ...ann, identifier: 'asmith' }],
    ['username', { ...ann, username: 'asmith' }],
    ['email', { ...ann, email: 'a.smith@corp.example' }],
  ] as const) {
    test(`${field} binds to the person of the directory, once for all`, async () => {
      const engine = directory({ username: 'asmith', email: 'a.smith@corp.example' });
      const { resolve, linksOf } = await setUp({ engine });
      assert.equal(await resolve(identity, loginOf(field)), 'asmith');
      assert.deepEqual(await linksOf('asmith'), [`corp:${identity.identifier}`, 'ldap:asmith']);
      assert.equal(await resolve(identity, loginOf(field)), 'asmith');
    });
  }

  test('whom the directory does not know gets no account, and nobody takes the place of another', async () => {
    const engine = directory({ username: 'asmith', email: undefined });
    const { services, resolve } = await setUp({ engine });
    await assert.rejects(resolve(ann, loginOf('username')), { code: 'denied' });
    await assert.rejects(resolve({ ...ann, email: undefined }, loginOf('email')), { code: 'denied' });
    assert.equal(await findAccountByName(services.database.read, 'ann'), undefined);
    await resolve({ ...ann, username: 'asmith' }, loginOf('username'));
    const second = { ...ann, identifier: '18', username: 'asmith' };
    await assert.rejects(resolve(second, loginOf('username')), { code: 'already_exists' });
  });

  test('without a directory a binding field binds nothing', async () => {
    const { services, resolve } = await setUp();
    await createUser(services, { name: 'ann' });
    assert.equal(await resolve(ann, loginOf('username')), 'ann2');
  });

  test('with mailing on an address is needed for a new account', async () => {
    const { resolve } = await setUp({ settings: { featureMailing: true } });
    await assert.rejects(resolve({ ...ann, email: undefined }), { code: 'denied' });
    assert.equal(await resolve(), 'ann');
    assert.equal(await resolve({ ...ann, email: undefined }), 'ann');
  });

  test('a human is asked for where one is needed, for new accounts only', async () => {
    const { resolve } = await setUp({ needsHuman: true });
    assert.equal(await resolve(), 'human');
    assert.equal(await resolve(ann, loginOf(), true), 'ann');
    assert.equal(await resolve(), 'ann');
  });

  test('only the directory of AUTHENTICATION_TYPE gives names of superusers', async () => {
    const root = { ...ann, username: 'root' };
    const settings = { superUsers: ['root'] };
    const stranger = await setUp({ settings });
    assert.equal(await stranger.resolve(root), 'root2');
    const openid = await setUp({ settings, engine: { ...localEngine, service: 'oidc' } });
    assert.equal(await openid.resolve(root, { ...loginOf(), id: 'github', kind: 'github' }), 'root2');
    const beside = await setUp({ settings, engine: { ...localEngine, service: 'oidc' } });
    assert.equal(await beside.resolve(root, { ...loginOf(), id: 'other' }), 'root2');
    const meant = await setUp({ settings, engine: { ...localEngine, service: 'oidc' } });
    assert.equal(await meant.resolve(root), 'root');
  });
});
