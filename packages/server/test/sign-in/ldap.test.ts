import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import {
  createOrganization,
  createRobot,
  createUser,
  findAccountByFederatedLogin,
  findAccountByName,
  getAccount,
  setAccountEnabled,
} from '#/domain/namespaces/index.ts';
import { createAppToken } from '#/domain/tokens/index.ts';
import { type ApiFixture, openApi } from '#/testing/api-fixture.ts';
import { directoryPassword, fillDirectory, personLdif } from '#/testing/ldap-people.ts';
import { needsSlapd, type Slapd, startSlapd } from '#/testing/slapd.ts';
import { startTcpRelay } from '#/testing/tcp-relay.ts';

const farm = 200;
const people = 50;

describe('a registry on a directory', needsSlapd(), () => {
  let slapd: Slapd;
  before(async () => {
    slapd = await startSlapd({ withoutTls: true });
    await fillDirectory(slapd);
    const { baseDn } = slapd;
    await slapd.add(
      [
        personLdif(baseDn, { name: 'boss', mail: 'boss@example.com', more: 'title: chief' }),
        personLdif(baseDn, { name: 'auditor', mail: 'auditor@example.com', more: 'title: auditor' }),
        personLdif(baseDn, { name: 'temp', mail: 'temp@example.com', more: 'title: temp' }),
        ...Array.from({ length: people }, (_, i) =>
          personLdif(baseDn, { name: `person${i}`, mail: `person${i}@example.com` }),
        ),
      ].join(''),
    );
  });
  after(() => slapd.stop());

  const open = (t: TestContext, changes: Readonly<Record<string, unknown>> = {}): Promise<ApiFixture> =>
    openApi(t, {
      configuration: {
        AUTHENTICATION_TYPE: 'LDAP',
        LDAP_URI: slapd.uri,
        LDAP_BASE_DN: slapd.baseDn.split(','),
        LDAP_USER_RDN: ['ou=people'],
        LDAP_ADMIN_DN: slapd.adminDn,
        LDAP_ADMIN_PASSWD: slapd.adminPassword,
        LDAP_TIMEOUT: 1,
        LDAP_NETWORK_TIMEOUT: 1,
        ...changes,
      },
    });

  const signIn = (api: ApiFixture, username: string, password = directoryPassword) =>
    api.call('POST', '/signin', { body: { username, password } });

  /** The status of a token request, as docker log-in makes it. */
  const logIn = async (api: ApiFixture, username: string, password: string): Promise<number> => {
    const credentials = Buffer.from(`${username}:${password}`).toString('base64');
    const host = new URL(api.url).host;
    const answer = await api.call('GET', `//v2/auth?service=${host}`, {
      headers: { authorization: `Basic ${credentials}` },
    });
    return answer.status;
  };

  /** A robot and an application token of a person whom the directory does not know. */
  const addMachines = async ({ services }: ApiFixture) => {
    const owner = await createUser(services, { name: 'owner' });
    const acme = await createOrganization(services, { name: 'acme', ownerId: owner.id });
    const robot = await createRobot(services, { owner: acme, shortName: 'ci' });
    const app = await createAppToken(services, { accountId: owner.id, title: 'laptop' });
    return { robot: robot.token, app: app.token };
  };

  test('browser, registry log-in and Basic authentication pass through the directory', async (t) => {
    const api = await open(t);
    const answer = await signIn(api, 'alice');
    assert.equal(answer.status, 200, answer.text);
    assert.equal((await signIn(api, 'bobby', 'wrong-password')).status, 403);
    assert.equal(await logIn(api, 'alice@example.com', directoryPassword), 200);
    assert.equal(await logIn(api, 'boss', directoryPassword), 200);
    assert.equal(await logIn(api, 'nobody', directoryPassword), 401);
    const me = await api.call('GET', '/user/', { as: 'alice' });
    assert.deepEqual(me.json.logins, [{ service: 'ldap', service_identifier: 'alice', metadata: {} }]);
    assert.equal(me.json.email, 'alice@example.com');
    assert.equal(me.json.has_password_set, false);
    assert.deepEqual(me.json.prompts, ['confirm_username']);
  });

  test('accounts that nobody may make, and people who were disabled', async (t) => {
    const api = await open(t, { FEATURE_USER_CREATION: false });
    const answer = await signIn(api, 'alice');
    assert.equal(answer.status, 403);
    assert.match(answer.json.message, /New accounts are not made here/);
    assert.equal(await logIn(api, 'alice', directoryPassword), 403);
  });

  test('encrypted passwords, and the password once more, under the name of the directory', async (t) => {
    const api = await open(t, { FEATURE_REQUIRE_ENCRYPTED_BASIC_AUTH: true });
    await createUser(api.services, { name: 'alice', password: 'correct-horse' });
    assert.equal((await signIn(api, 'alice')).status, 200);
    const account = await findAccountByFederatedLogin(api.services.database.read, 'ldap', 'alice');
    assert.equal(account?.name, 'alice2');
    assert.equal(await logIn(api, 'alice', directoryPassword), 401, 'not encrypted');
    const wrong = await api.call('POST', '/user/clientkey', { as: 'alice2', body: { password: 'wrong' } });
    assert.equal(wrong.status, 400);
    api.clock.advanceMs(1000);
    const key = await api.call('POST', '/user/clientkey', {
      as: 'alice2',
      body: { password: directoryPassword },
    });
    assert.equal(key.status, 200, key.text);
    assert.equal(await logIn(api, 'alice', key.json.key), 200);
    const verified = await api.call('POST', '/signin/verify', {
      as: 'alice2',
      body: { password: directoryPassword },
    });
    assert.deepEqual([verified.status, verified.json], [200, { success: true }]);
  });

  test('fresh log-ins are asked of people of the directory, not of who has no password there', async (t) => {
    const api = await open(t);
    await signIn(api, 'alice');
    await createUser(api.services, { name: 'local', password: 'correct-horse' });
    for (const name of ['alice', 'local']) await api.call('GET', '/user/', { as: name });
    api.clock.advanceMs(3_600_000);
    const change = { body: { tag_expiration_s: 1_209_600 } };
    const stale = await api.call('PUT', '/user/', { as: 'alice', ...change });
    assert.equal(stale.json.error_type, 'fresh_login_required');
    await api.call('POST', '/signin/verify', { as: 'alice', body: { password: directoryPassword } });
    assert.equal((await api.call('PUT', '/user/', { as: 'alice', ...change })).status, 200);
    assert.equal((await api.call('PUT', '/user/', { as: 'local', ...change })).status, 200);
  });

  test('passwords are not changed, recovered or made here', async (t) => {
    const api = await open(t, { FEATURE_MAILING: true, MAIL_SERVER: '127.0.0.1', SUPER_USERS: ['boss'] });
    await signIn(api, 'alice');
    await signIn(api, 'boss');
    const change = await api.call('PUT', '/user/', { as: 'alice', body: { password: 'another-horse' } });
    assert.equal(change.status, 400);
    assert.match(change.json.message, /not kept by this registry/);
    const recovery = await api.call('POST', '/recovery', { body: { email: 'alice@example.com' } });
    assert.equal(recovery.status, 400);
    assert.match(recovery.json.message, /not kept by this registry/);
    const registration = { username: 'newcomer', password: 'correct-horse', email: 'n@example.com' };
    assert.equal((await api.call('POST', '/user/', { body: registration })).status, 404);
    const made = await api.call('POST', '/superuser/users/', { as: 'boss', body: { username: 'newcomer' } });
    assert.equal(made.status, 400);
    const set = await api.call('PUT', '/superuser/users/alice', {
      as: 'boss',
      body: { password: 'another-horse' },
    });
    assert.equal(set.status, 400);
  });

  test('search finds people of the directory, and links them', async (t) => {
    const api = await open(t);
    await signIn(api, 'alice');
    const found = await api.call('GET', '/entities/bob', { as: 'alice' });
    assert.deepEqual(
      found.json.results.map(({ name, kind, title }: Record<string, string>) => [name, kind, title]),
      [['bobby', 'external', 'bobby@example.com']],
    );
    assert.deepEqual(
      (await api.call('GET', '/entities/bob')).json.results,
      [],
      'nobody who is not signed in',
    );
    const missing = await api.call('POST', '/entities/link/nobody', { as: 'alice' });
    assert.deepEqual([missing.status, missing.json.username], [400, 'nobody']);
    assert.equal((await api.call('POST', '/entities/link/bobby')).status, 401);
    const linked = await api.call('POST', '/entities/link/bobby', { as: 'alice' });
    assert.equal(linked.status, 200, linked.text);
    assert.deepEqual([linked.json.entity.name, linked.json.entity.kind], ['bobby', 'user']);
    const again = await api.call('GET', '/entities/bob', { as: 'alice' });
    assert.deepEqual(
      again.json.results.map(({ name, kind }: Record<string, string>) => [name, kind]),
      [['bobby', 'user']],
    );
    const account = await findAccountByFederatedLogin(api.services.database.read, 'ldap', 'bobby');
    assert.equal((await signIn(api, 'bobby')).status, 200);
    assert.equal((await getAccount(api.services.database.read, account?.id ?? 0)).name, 'bobby');
    await slapd.halt();
    t.after(() => slapd.resume());
    assert.deepEqual((await api.call('GET', '/entities/tem', { as: 'alice' })).json.results, []);
    assert.equal((await api.call('POST', '/entities/link/temp', { as: 'alice' })).status, 503);
    await slapd.resume();
  });

  test('LDAP injection through search and linking', async (t) => {
    const api = await open(t);
    await signIn(api, 'alice');
    for (const name of [
      '*',
      'b*',
      '*)(uid=*',
      'bobby)(|(uid=*',
      '\\2a',
      '%00',
      'cn=admin,dc=example,dc=com',
    ]) {
      const path = encodeURIComponent(name);
      assert.equal((await api.call('POST', `/entities/link/${path}`, { as: 'alice' })).status, 400, name);
      assert.deepEqual((await api.call('GET', `/entities/${path}`, { as: 'alice' })).json.results, [], name);
    }
  });

  test('rights that the filters derive', async (t) => {
    const api = await open(t, {
      LDAP_SUPERUSER_FILTER: '(title=chief)',
      LDAP_GLOBAL_READONLY_SUPERUSER_FILTER: '(title=auditor)',
      LDAP_RESTRICTED_USER_FILTER: '(title=temp)',
      FEATURE_RESTRICTED_USERS: true,
      FRESH_LOGIN_TIMEOUT: '1d',
    });
    for (const name of ['boss', 'auditor', 'temp', 'alice'])
      assert.equal((await signIn(api, name)).status, 200);
    const users = async (as: string): Promise<number> =>
      (await api.call('GET', '/superuser/users/', { as })).status;
    assert.deepEqual(
      [await users('boss'), await users('auditor'), await users('alice'), await users('temp')],
      [200, 200, 403, 403],
    );
    const message = { message: { content: 'x', severity: 'info', media_type: 'text/plain' } };
    const write = async (as: string) => (await api.call('POST', '/messages', { as, body: message })).status;
    assert.deepEqual([await write('boss'), await write('auditor')], [201, 403]);
    const create = async (as: string) =>
      (await api.call('POST', '/organization/', { as, body: { name: `${as}-org`, email: `o@${as}.com` } }))
        .status;
    assert.deepEqual([await create('alice'), await create('temp')], [201, 403]);
    const views = await Promise.all(['boss', 'auditor'].map((as) => api.call('GET', '/user/', { as })));
    assert.deepEqual(
      views.map(({ json }) => [json.super_user, json.global_readonly_super_user]),
      [
        [true, undefined],
        [undefined, true],
      ],
    );
    await slapd.halt();
    t.after(() => slapd.resume());
    api.clock.advanceMs(20 * 60_000);
    assert.equal(await users('boss'), 403, 'the least rights while nobody tells');
    await slapd.resume();
    api.clock.advanceMs(60_000);
    assert.equal(await users('boss'), 200);
  });

  test('a storm of log-ins: robots ask nobody, people once each', async (t) => {
    const api = await open(t);
    const { robot } = await addMachines(api);
    const before = { people: await slapd.countUserBinds(), all: await slapd.countBinds() };
    const statuses = await Promise.all([
      ...Array.from({ length: farm }, () => logIn(api, 'acme+ci', robot)),
      ...Array.from({ length: farm }, (_, i) => logIn(api, `person${i % people}`, directoryPassword)),
    ]);
    assert.deepEqual([...new Set(statuses)], [200]);
    assert.equal((await slapd.countUserBinds()) - before.people, people);
    assert.ok((await slapd.countBinds()) - before.all <= people + 10, 'and those of LDAP_POOL_SIZE');
    const again = Array.from({ length: farm }, (_, i) =>
      logIn(api, `person${i % people}`, directoryPassword),
    );
    assert.deepEqual([...new Set(await Promise.all(again))], [200]);
    assert.equal((await slapd.countUserBinds()) - before.people, people, 'held for 10 s');
    const account = await findAccountByName(api.services.database.read, 'person7');
    await setAccountEnabled(api.services, { accountId: account?.id ?? 0, enabled: false });
    assert.equal(await logIn(api, 'person7', directoryPassword), 401, 'disabled here: at once');
    await slapd.modify(
      `dn: uid=person8,ou=people,${slapd.baseDn}\nchangetype: modify\nreplace: userPassword\nuserPassword: another\n`,
    );
    api.clock.advanceMs(10_000);
    assert.equal(await logIn(api, 'person8', directoryPassword), 401, 'changed there: after 10 s');
  });

  for (const fault of ['halted', 'hanging'] as const) {
    test(`a ${fault} directory: 503 quickly, machines and issued tokens go on`, async (t) => {
      const relay = await startTcpRelay(Number(new URL(slapd.uri).port));
      t.after(() => relay.close());
      const api = await open(t, { LDAP_URI: `ldap://127.0.0.1:${relay.port}` });
      const { robot, app } = await addMachines(api);
      const host = new URL(api.url).host;
      const issued = await api.call('GET', `//v2/auth?service=${host}`, {
        headers: {
          authorization: `Basic ${Buffer.from(`alice:${directoryPassword}`).toString('base64')}`,
        },
      });
      assert.equal(issued.status, 200);
      if (fault === 'halted') await slapd.halt();
      else relay.freeze();
      t.after(() => slapd.resume());
      const first = logIn(api, 'bobby', directoryPassword);
      const machines = async (): Promise<number[]> =>
        Promise.all([logIn(api, 'acme+ci', robot), logIn(api, '$app', app)]);
      assert.deepEqual(await machines(), [200, 200], 'while somebody waits for the directory');
      assert.equal(await first, 503);
      const atMs = performance.now();
      const refused = await Promise.all([
        ...Array.from({ length: people }, (_, i) => logIn(api, `person${i}`, directoryPassword)),
        signIn(api, 'temp').then(({ status }) => status),
      ]);
      assert.deepEqual([...new Set(refused)], [503]);
      assert.ok(performance.now() - atMs < 1900);
      assert.deepEqual(await machines(), [200, 200]);
      const base = await api.call('GET', '//v2/', {
        headers: { authorization: `Bearer ${issued.json.token}` },
      });
      assert.equal(base.status, 200);
    });
  }
});

describe('a registry of application tokens only', () => {
  const configuration = { AUTHENTICATION_TYPE: 'AppToken', FEATURE_DIRECT_LOGIN: false };

  test('passwords open nothing, tokens and robots everything that is theirs', async (t) => {
    const api = await openApi(t, { configuration });
    const person = await api.createPerson('alice');
    const token = await createAppToken(api.services, { accountId: person.id, title: 'laptop' });
    const host = new URL(api.url).host;
    const logIn = async (credentials: string) => {
      const authorization = `Basic ${Buffer.from(credentials).toString('base64')}`;
      return api.call('GET', `//v2/auth?service=${host}`, { headers: { authorization } });
    };
    const refused = await logIn('alice:correct-horse');
    assert.equal(refused.status, 401);
    assert.match(refused.text, /Log in as \$app/);
    assert.equal((await logIn(`$app:${token.token}`)).status, 200);
    const signIn = await api.call('POST', '/signin', {
      body: { username: 'alice', password: 'correct-horse' },
    });
    assert.equal(signIn.status, 404);
    const key = await api.call('POST', '/user/clientkey', {
      as: 'alice',
      body: { password: 'correct-horse' },
    });
    assert.equal(key.status, 404);
    api.clock.advanceMs(3_600_000);
    const change = await api.call('PUT', '/user/', { as: 'alice', body: { tag_expiration_s: 1_209_600 } });
    assert.equal(change.status, 200, 'every session counts as fresh');
  });
});
