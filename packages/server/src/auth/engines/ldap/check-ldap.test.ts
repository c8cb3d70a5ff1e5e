import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { silentLogger } from '#/platform/logger.ts';
import { directoryPassword, fillDirectory, ldapEngineConfig, personLdif } from '#/testing/ldap-people.ts';
import { needsSlapd, type Slapd, startSlapd } from '#/testing/slapd.ts';
import { checkLdap, type DirectorySuperuser } from './check-ldap.ts';

describe('checking a configuration of LDAP', needsSlapd(), () => {
  let slapd: Slapd;
  before(async () => {
    slapd = await startSlapd({ withoutTls: true });
    await fillDirectory(slapd);
    await slapd.add(personLdif(slapd.baseDn, { name: 'nomail' }));
  });
  after(() => slapd.stop());

  const check = (changes: Readonly<Record<string, unknown>> = {}, superuser?: DirectorySuperuser) =>
    checkLdap(ldapEngineConfig(slapd, changes), { logger: silentLogger(), superuser });
  const failed = (name: string, reason: string): string =>
    `Verification of superuser ${name} failed: ${reason}\n\nThe user either does not exist in the remote authentication system OR LDAP auth is misconfigured.`;

  test('what works', async () => {
    assert.equal(await check(), undefined);
    assert.equal(await check({}, { username: 'alice', password: directoryPassword }), undefined);
  });

  test('in order: name, password, URI, bind, users', async () => {
    const everything = { adminDn: '', adminPassword: '', uri: 'http://x', userRdn: ['ou=nowhere'] };
    assert.match((await check(everything)) ?? '', /^LDAP_ADMIN_DN is missing/);
    assert.match(
      (await check({ ...everything, adminDn: slapd.adminDn })) ?? '',
      /^LDAP_ADMIN_PASSWD is missing/,
    );
    const named = { ...everything, adminDn: slapd.adminDn, adminPassword: 'wrong' };
    assert.match((await check(named)) ?? '', /^LDAP_URI must start with/);
    assert.equal(await check({ ...named, uri: slapd.uri }), 'Invalid credentials');
    const bound = { uri: slapd.uri, userRdn: ['ou=nowhere'] };
    assert.match((await check(bound)) ?? '', /ou=nowhere,dc=example,dc=com/);
    assert.match((await check({ userRdn: ['ou=groups'] })) ?? '', /^No users .* ou=groups,dc=example,dc=com/);
  });

  test('a name of the searching account that nobody has', async () => {
    assert.equal(await check({ adminDn: 'cn=nobody,dc=example,dc=com' }), 'Invalid credentials');
  });

  test('what cannot be read is said without a bind', async () => {
    assert.match((await check({ baseDn: ['example.com'] })) ?? '', /distinguished name/);
    assert.match((await check({ userFilter: '(uid=' })) ?? '', /no LDAP filter/);
  });

  test('a server that is not there', async () => {
    assert.match((await check({ uri: 'ldap://127.0.0.1:1' })) ?? '', /ECONNREFUSED/);
  });

  for (const [username, password, reason, changes] of [
    ['nobody', directoryPassword, 'Username not found', {}],
    ['alice', 'wrong', 'Invalid password', {}],
    ['alice', '', 'Anonymous binding not allowed', {}],
    ['', directoryPassword, 'Empty username/email', {}],
    ['nomail', directoryPassword, 'Missing mail field "mail" in user record', { emailRequired: true }],
  ] as const) {
    test(`superuser "${username}": ${reason}`, async () => {
      assert.equal(await check({ ...changes }, { username, password }), failed(username, reason));
    });
  }
});
