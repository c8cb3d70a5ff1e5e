import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { openLdapEngine, verifiedName } from '#/testing/ldap-engine.ts';
import { directoryPassword, fillDirectory, personLdif, placeLdif } from '#/testing/ldap-people.ts';
import { needsSlapd, type Slapd, startSlapd } from '#/testing/slapd.ts';
import { mayHaveCredentials } from './referrals.ts';

const branch = 'ou=branch,ou=people';

describe('referrals of LDAP', needsSlapd(), () => {
  let first: Slapd;
  let second: Slapd;

  const refer = (slapd: Slapd, uri: string, name = 'branch') =>
    slapd.add(
      `dn: ou=${name},ou=people,${slapd.baseDn}\nobjectClass: referral\nobjectClass: extensibleObject\nou: ${name}\nref: ${uri}/ou=branch,ou=people,${slapd.baseDn}\n\n`,
    );

  before(async () => {
    [first, second] = await Promise.all([startSlapd({ withoutTls: true }), startSlapd({ withoutTls: true })]);
    await Promise.all([fillDirectory(first), fillDirectory(second)]);
    await second.add(
      placeLdif(second.baseDn, branch) +
        personLdif(second.baseDn, { name: 'remota', place: branch, mail: 'remota@example.com' }),
    );
    await refer(first, second.uri);
  });
  after(() => Promise.all([first.stop(), second.stop()]));

  test('who lies on another server is found there, and the password is checked there', async (t) => {
    const { engine } = await openLdapEngine(t, first);
    const before = await second.countUserBinds();
    assert.equal(await verifiedName(engine, 'remota'), 'remota');
    assert.equal((await second.countUserBinds()) - before, 1);
    assert.equal(await first.countUserBinds(), 0);
    assert.equal(await verifiedName(engine, 'alice'), 'alice');
  });

  test('LDAP_FOLLOW_REFERRALS off: the first server knows what it knows', async (t) => {
    const { engine } = await openLdapEngine(t, first, { followReferrals: false });
    assert.equal(await verifiedName(engine, 'remota'), 'Username not found');
  });

  test('hosts outside of the domain get no credentials', async (t) => {
    const before = await second.countConnections();
    const { engine } = await openLdapEngine(t, first, { uri: first.uri.replace('127.0.0.1', 'localhost') });
    assert.equal(await verifiedName(engine, 'remota'), 'Username not found');
    assert.equal(await second.countConnections(), before);
  });

  test('a server that is referred to and is away hides nobody else; circles end', async (t) => {
    await refer(second, first.uri, 'circle');
    await refer(first, 'ldap://127.0.0.1:1', 'dead');
    const { engine } = await openLdapEngine(t, first);
    assert.equal(await verifiedName(engine, 'bobby', directoryPassword), 'bobby');
    assert.equal(await verifiedName(engine, 'nobody'), 'Username not found');
  });

  for (const [host, expected] of [
    ['dc1.example.com', true],
    ['DC1.EXAMPLE.COM', true],
    ['example.com', true],
    ['ldap.other.org', true],
    ['evil-example.com', false],
    ['example.com.evil.org', false],
    ['dc2.other.org', false],
    ['10.0.0.1', false],
    ['com', false],
    ['', false],
  ] as const) {
    test(`"${host}" ${expected ? 'may' : 'must not'} have credentials`, () => {
      const config = { uri: 'ldaps://ldap.other.org', baseDn: 'ou=x,dc=example,dc=com' };
      assert.equal(mayHaveCredentials(config, host), expected);
    });
  }
});
