import assert from 'node:assert/strict';
import { test } from 'node:test';
import { domainOfDn, isDn } from './dn.ts';
import { ldapConfig } from './ldap-config.ts';
import { choosePerson, personOf } from './ldap-people.ts';

for (const [text, expected] of [
  ['dc=example,dc=com', true],
  ['CN=Ada Lovelace, OU=People, DC=example, DC=com', true],
  ['cn=Smith\\, John,ou=people', true],
  ['cn=a\\2Cb+uid=x,ou=people', true],
  ['2.5.4.3=#04024869', true],
  ['cn=Lučić', true],
  ['cn=', true],
  ['', false],
  ['people', false],
  ['cn=a,', false],
  [',cn=a', false],
  ['cn=a,b', false],
  ['cn=a;b', false],
  ['cn=a"b', false],
  ['cn=a\\', false],
  ['cn=a\\zz', false],
  ['cn=a\u0000', false],
  [`cn=${'a'.repeat(5000)}`, false],
] as const) {
  test(`"${text.slice(0, 40)}" is ${expected ? 'a' : 'no'} distinguished name`, () => {
    assert.equal(isDn(text), expected);
  });
}

test('hostile names are refused in linear time', () => {
  const startedAt = performance.now();
  for (const text of [`${'a=b+'.repeat(1000)}!`, `${' '.repeat(4000)}=`, `${'cn=\\2c'.repeat(600)};`]) {
    assert.equal(isDn(text), false);
  }
  assert.ok(performance.now() - startedAt < 500);
});

for (const [dn, domain] of [
  ['ou=people,dc=example,dc=com', 'example.com'],
  ['OU=x, DC=Corp, DC=Example, DC=Com', 'corp.example.com'],
  ['dc=com', 'com'],
  ['dc=example,dc=com,o=acme', ''],
  ['o=acme', ''],
  ['cn=a\\,dc=evil,dc=example,dc=com', 'example.com'],
] as const) {
  test(`${dn} lies in "${domain}"`, () => assert.equal(domainOfDn(dn), domain));
}

test('entries without a name are dropped, attributes found in any case, bytes passed over', () => {
  const config = { uidAttribute: 'sAMAccountName', emailAttribute: 'mail' } as Parameters<typeof personOf>[0];
  assert.equal(personOf(config, { dn: '', sAMAccountName: 'ada', mail: 'a@example.com' }), undefined);
  assert.deepEqual(personOf(config, { dn: 'cn=a', SAMACCOUNTNAME: ['ada', 'other'], Mail: [] }), {
    dn: 'cn=a',
    uid: 'ada',
    email: undefined,
  });
  assert.deepEqual(personOf(config, { dn: 'cn=a', sAMAccountName: Buffer.from([255]), mail: '' }), {
    dn: 'cn=a',
    uid: undefined,
    email: undefined,
  });
});

test('of several the first with an address, and names before addresses', () => {
  const of = (uid: string, email?: string) => ({ dn: `uid=${uid}`, uid, email });
  assert.equal(choosePerson([], 'x'), undefined);
  assert.equal(choosePerson([of('x'), of('X', 'x@a')], 'x')?.uid, 'X');
  assert.equal(choosePerson([of('y', 'x'), of('x')], 'x')?.uid, 'x');
  assert.equal(choosePerson([of('y'), of('z')], 'x')?.uid, 'y');
});

test('a configuration is read into places and filters', () => {
  const given = {
    uri: 'ldap://h',
    baseDn: ['dc=example', 'dc=com'],
    userRdn: ['ou=nyc', 'ou=people'],
    secondaryUserRdns: ['ou=SFO,ou=people', 'ou=x'],
    adminDn: 'cn=a',
    adminPassword: 'p',
    uidAttribute: '',
    emailAttribute: '',
    memberOfAttribute: '',
    emailRequired: false,
    allowInsecureFallback: false,
    followReferrals: true,
    timeoutSeconds: 1,
    networkTimeoutSeconds: 1,
    userFilter: 'objectClass=person',
    featureCaching: false,
    cacheSeconds: 1,
    connectionPooling: true,
    poolSize: 1,
    poolMaximumWaitSeconds: 1,
    poolConnectionLifeSeconds: 1,
  };
  const config = ldapConfig.parse(given);
  assert.deepEqual(config.userDns, [
    'ou=nyc,ou=people,dc=example,dc=com',
    'ou=SFO,ou=people,dc=example,dc=com',
    'ou=x,dc=example,dc=com',
  ]);
  assert.deepEqual(
    [config.uidAttribute, config.emailAttribute, config.memberOfAttribute],
    ['uid', 'mail', 'memberOf'],
  );
  assert.equal(String(config.userFilter), '(objectClass=person)');
  assert.equal(config.superuserFilter, undefined);
});
