import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { startJwtAuthenticator } from '#/testing/jwt-authenticator.ts';
import { needsKeystone, sharedKeystone } from '#/testing/keystone.ts';
import { directoryPassword, fillDirectory } from '#/testing/ldap-people.ts';
import { needsSlapd, type Slapd, startSlapd } from '#/testing/slapd.ts';
import { reasonOf } from '#/testing/validation.ts';

const caller = (username: string, password: string | undefined) => ({ caller: { username, password } });

describe('ldap, with the real slapd', needsSlapd(), () => {
  let slapd: Slapd;
  before(async () => {
    slapd = await startSlapd({ withoutTls: true });
    await fillDirectory(slapd);
  });
  after(() => slapd.stop());
  const keys = (changes: object = {}) => ({
    AUTHENTICATION_TYPE: 'LDAP',
    LDAP_URI: slapd.uri,
    LDAP_ALLOW_INSECURE_FALLBACK: true,
    LDAP_BASE_DN: slapd.baseDn.split(','),
    LDAP_USER_RDN: ['ou=people'],
    LDAP_ADMIN_DN: slapd.adminDn,
    LDAP_ADMIN_PASSWD: slapd.adminPassword,
    ...changes,
  });

  test('another engine has nothing to check', async () => {
    assert.equal(await reasonOf('ldap', keys({ AUTHENTICATION_TYPE: 'Database', LDAP_ADMIN_DN: '' })), '');
  });

  test('the directory, and the superuser with the password over there', async () => {
    assert.equal(await reasonOf('ldap', keys()), '');
    assert.equal(await reasonOf('ldap', keys(), caller('alice', directoryPassword)), '');
  });

  test('broken, in order, with the words of Quay', async () => {
    const tail =
      '\n\nThe user either does not exist in the remote authentication system OR LDAP auth is misconfigured.';
    for (const [changes, expected] of [
      [{ LDAP_ADMIN_DN: '', LDAP_ADMIN_PASSWD: '' }, /^LDAP_ADMIN_DN is (missing|needed)/],
      [{ LDAP_ADMIN_PASSWD: '' }, /^LDAP_ADMIN_PASSWD is (missing|needed)/],
      [{ LDAP_ADMIN_PASSWD: 'wrong-secret' }, /^Invalid credentials$/],
      [{ LDAP_USER_RDN: ['ou=groups'] }, /^No users/],
      [{ LDAP_URI: 'ldap://127.0.0.1:1' }, /ECONNREFUSED/],
    ] as const) {
      const reason = await reasonOf('ldap', keys(changes));
      assert.match(reason, expected);
      assert.ok(!reason.includes('wrong-secret') && !reason.includes(slapd.adminPassword), reason);
    }
    assert.equal(
      await reasonOf('ldap', keys(), caller('nobody', directoryPassword)),
      `Verification of superuser nobody failed: Username not found${tail}`,
    );
    assert.equal(
      await reasonOf('ldap', keys(), caller('alice', 'wrong-secret')),
      `Verification of superuser alice failed: Invalid password${tail}`,
    );
  });
});

test('jwt: healthy and broken in each way', async (t) => {
  const service = await startJwtAuthenticator(
    [{ username: 'alice', email: 'alice@example.com', password: 'secret-over-there' }],
    Date.now,
  );
  t.after(() => service.halt());
  const files = { 'jwt-authn.cert': service.publicKeyPem };
  const { config } = service;
  const keys = (changes: object = {}) => ({
    AUTHENTICATION_TYPE: 'JWT',
    JWT_AUTH_ISSUER: config.issuer,
    JWT_VERIFY_ENDPOINT: config.verifyEndpoint,
    JWT_QUERY_ENDPOINT: config.queryEndpoint,
    JWT_GETUSER_ENDPOINT: config.getUserEndpoint,
    ...changes,
  });
  const alice = caller('alice', 'secret-over-there');
  assert.equal(await reasonOf('jwt', keys(), { files, ...alice }), '');
  assert.equal(await reasonOf('jwt', keys(), { files }), '');
  assert.equal(await reasonOf('jwt', { AUTHENTICATION_TYPE: 'Database' }), '');
  for (const [changes, options, expected] of [
    [{ JWT_VERIFY_ENDPOINT: null, JWT_AUTH_ISSUER: null }, {}, /^JWT_VERIFY_ENDPOINT is (missing|needed)/],
    [{ JWT_AUTH_ISSUER: null }, {}, /^JWT_AUTH_ISSUER is (missing|needed)/],
    [{}, { files: {} }, /jwt-authn\.cert/],
    [{}, { ...caller('alice', 'wrong-secret') }, /^Verification of superuser alice failed: /],
    [{}, { ...caller('nobody', 'wrong-secret') }, /^Verification of superuser nobody failed: /],
    [{ JWT_AUTH_ISSUER: 'https://other.example.com' }, alice, /^Verification of superuser alice failed: /],
    [{ JWT_GETUSER_ENDPOINT: null }, alice, /^JWT_GETUSER_ENDPOINT is (missing|needed)/],
    [{ JWT_VERIFY_ENDPOINT: 'http://127.0.0.1:1/verify' }, alice, /could not be reached/],
  ] as const) {
    const reason = await reasonOf('jwt', keys(changes), { files, ...options });
    assert.match(reason, expected);
    assert.doesNotMatch(reason, /wrong-secret|secret-over-there/);
  }
});

describe('keystone, with the real one', needsKeystone(), () => {
  test('healthy and broken in each way', async () => {
    const keystone = await sharedKeystone();
    await keystone.addUser({ name: 'alice', password: 'secret-over-there', email: 'alice@example.com' });
    const { admin } = keystone;
    const keys = (changes: object = {}) => ({
      AUTHENTICATION_TYPE: 'Keystone',
      KEYSTONE_AUTH_VERSION: 3,
      KEYSTONE_AUTH_URL: keystone.url,
      KEYSTONE_ADMIN_USERNAME: admin.username,
      KEYSTONE_ADMIN_PASSWORD: admin.password,
      KEYSTONE_ADMIN_TENANT: admin.tenant,
      ...changes,
    });
    assert.equal(await reasonOf('keystone', keys()), '');
    assert.equal(await reasonOf('keystone', keys(), caller('alice', 'secret-over-there')), '');
    assert.equal(await reasonOf('keystone', { AUTHENTICATION_TYPE: 'Database' }), '');
    for (const [changes, expected, who] of [
      [{ KEYSTONE_AUTH_URL: null, KEYSTONE_ADMIN_USERNAME: null }, /^KEYSTONE_AUTH_URL is (missing|needed)/],
      [{ KEYSTONE_ADMIN_USERNAME: null }, /^KEYSTONE_ADMIN_USERNAME is (missing|needed)/],
      [{ KEYSTONE_ADMIN_PASSWORD: null }, /^KEYSTONE_ADMIN_PASSWORD is (missing|needed)/],
      [{ KEYSTONE_ADMIN_TENANT: null }, /^KEYSTONE_ADMIN_TENANT is (missing|needed)/],
      [{ KEYSTONE_ADMIN_PASSWORD: 'wrong-secret' }, /^Keystone refuses KEYSTONE_ADMIN/],
      [{ KEYSTONE_ADMIN_TENANT: 'nowhere' }, /^Keystone refuses KEYSTONE_ADMIN/],
      [{ KEYSTONE_AUTH_URL: 'http://127.0.0.1:1/v3' }, /could not be reached/],
      [{}, /^Verification of superuser alice failed: /, caller('alice', 'wrong-secret')],
      [{}, /^Verification of superuser nobody failed: /, caller('nobody', 'wrong-secret')],
    ] as const) {
      const reason = await reasonOf('keystone', keys(changes), who);
      assert.match(reason, expected);
      assert.ok(!/wrong-secret|secret-over-there/.test(reason) && !reason.includes(admin.password), reason);
    }
  });
});
