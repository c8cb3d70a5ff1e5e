import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import { isOutage, openLdapEngine } from '#/testing/ldap-engine.ts';
import { fillDirectory, personLdif, placeLdif } from '#/testing/ldap-people.ts';
import { needsSlapd, type Slapd, startSlapd } from '#/testing/slapd.ts';

const members = 10_000;

describe('groups of LDAP', needsSlapd(), () => {
  let slapd: Slapd;
  before(async () => {
    slapd = await startSlapd({ withoutTls: true });
    await fillDirectory(slapd);
    const group = (name: string, dns: readonly string[]): string =>
      `dn: cn=${name},ou=groups,${slapd.baseDn}\nobjectClass: groupOfNames\ncn: ${name}\n${dns.map((dn) => `member: ${dn}\n`).join('')}\n`;
    const dnOf = (name: string, place = 'ou=people'): string => `uid=${name},${place},${slapd.baseDn}`;
    await slapd.add(
      [
        placeLdif(slapd.baseDn, 'ou=SFO'),
        personLdif(slapd.baseDn, { name: 'sam', place: 'ou=SFO', mail: 'sam@example.com' }),
        group('staff', [dnOf('alice'), dnOf('bobby'), dnOf('sam', 'ou=SFO')]),
      ].join(''),
    );
  });
  after(() => slapd.stop());

  const listed = async (t: TestContext, group: Record<string, unknown>, changes = {}): Promise<string[]> => {
    const { engine } = await openLdapEngine(t, slapd, changes);
    const found: string[] = [];
    for await (const page of engine.groups?.listMembers(group) ?? []) {
      found.push(...page.map(({ username, email }) => `${username} ${email}`));
    }
    return found.toSorted();
  };
  const staff = { group_dn: 'cn=staff,ou=groups' };

  test('members in the places of users, each once', async (t) => {
    const alice = 'alice alice@example.com';
    const bobby = 'bobby bobby@example.com';
    const sam = 'sam sam@example.com';
    assert.deepEqual(await listed(t, staff), [alice, bobby]);
    assert.deepEqual(await listed(t, staff, { secondaryUserRdns: ['ou=SFO'] }), [alice, bobby, sam]);
    assert.deepEqual(await listed(t, staff, { userRdn: [], secondaryUserRdns: ['ou=SFO'] }), [
      alice,
      bobby,
      sam,
    ]);
    assert.deepEqual(await listed(t, staff, { userFilter: '(uid=bobby)' }), [bobby]);
    assert.deepEqual(await listed(t, { group_dn: 'cn=nobody,ou=groups' }), []);
  });

  test('LDAP_MEMBEROF_ATTR', async (t) => {
    assert.deepEqual(await listed(t, staff, { memberOfAttribute: 'seeAlso' }), []);
  });

  test('a group is checked before a team follows it', async (t) => {
    const { engine } = await openLdapEngine(t, slapd);
    const { groups } = engine;
    assert.ok(groups);
    assert.deepEqual(groups.groupKeys, ['group_dn']);
    assert.equal(await groups.findGroupFault(staff), undefined);
    assert.match((await groups.findGroupFault({ group_dn: 'cn=nobody,ou=groups' })) ?? '', /has no group/);
    for (const group_dn of [
      '',
      'staff',
      '*',
      'cn=staff)(uid=*',
      'cn=*,ou=groups',
      7,
      undefined,
      'cn=a\u0000',
    ]) {
      assert.ok(await groups.findGroupFault({ group_dn }), String(group_dn));
    }
  });

  test('an error of the directory is no empty group', async (t) => {
    const { engine } = await openLdapEngine(t, slapd, { timeoutSeconds: 1, networkTimeoutSeconds: 1 });
    await slapd.halt();
    t.after(() => slapd.resume());
    const list = async (): Promise<void> => {
      for await (const page of engine.groups?.listMembers(staff) ?? []) assert.deepEqual(page, []);
    };
    await assert.rejects(list(), isOutage);
    await assert.rejects(async () => engine.groups?.findGroupFault(staff), isOutage);
    await slapd.resume();
    const wrongPlace = await openLdapEngine(t, slapd, { userRdn: ['ou=nowhere'] });
    await assert.rejects(async () => {
      for await (const _page of wrongPlace.engine.groups?.listMembers(staff) ?? []) {
        // Not one page comes.
      }
    }, isOutage);
  });

  test(`${members} members come in pages and in bounded memory`, async (t) => {
    const names = Array.from({ length: members }, (_, i) => `member${i}`);
    const { baseDn } = slapd;
    // Without the overlay's work for each member: the attribute as other servers compute it.
    const large = names.map((name) =>
      personLdif(baseDn, { name, more: `seeAlso: cn=large,ou=groups,${baseDn}` }),
    );
    await slapd.add(large.join(''));
    const { engine } = await openLdapEngine(t, slapd, { memberOfAttribute: 'seeAlso' });
    const seen = new Set<string>();
    let longest = 0;
    const { groups } = engine;
    assert.ok(groups);
    for await (const page of groups.listMembers({ group_dn: 'cn=large,ou=groups' })) {
      longest = Math.max(longest, page.length);
      for (const { username } of page) seen.add(username);
    }
    assert.equal(seen.size, members);
    assert.equal(longest, 1000);
  });
});
