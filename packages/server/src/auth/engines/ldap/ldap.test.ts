import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import { createUser, findAccountByName, listFederatedLogins } from '#/domain/namespaces/index.ts';
import { isOutage, openLdapEngine, verifiedName } from '#/testing/ldap-engine.ts';
import { directoryPassword, fillDirectory, personLdif, placeLdif } from '#/testing/ldap-people.ts';
import { needsSlapd, type Slapd, startSlapd } from '#/testing/slapd.ts';

const wrong = 'not-the-password';

describe('LDAP against slapd', needsSlapd(), () => {
  let slapd: Slapd;
  before(async () => {
    slapd = await startSlapd({ withoutTls: true });
    await fillDirectory(slapd);
    const person = (name: string, more: Partial<Parameters<typeof personLdif>[1]>) =>
      personLdif(slapd.baseDn, { name, ...more });
    await slapd.add(
      [
        placeLdif(slapd.baseDn, 'ou=NYC,ou=people'),
        placeLdif(slapd.baseDn, 'ou=SFO'),
        placeLdif(slapd.baseDn, 'ou=LON'),
        person('nina', { place: 'ou=NYC,ou=people', mail: 'nina@example.com' }),
        person('sam', { place: 'ou=SFO', mail: 'sam@example.com' }),
        person('lola', { place: 'ou=LON', mail: 'lola@example.com' }),
        person('nomail', {}),
        person('carol', { mail: 'carol@example.com' }),
        person('carol', { place: 'ou=LON', mail: 'carol@partner.example', password: 'of-the-partner' }),
        person('twin', { password: 'of-the-one-without' }),
        person('twin', { place: 'ou=NYC,ou=people', mail: 'twin@example.com' }),
        person('imposter', { mail: 'alice', password: 'of-the-imposter' }),
        person('odd', { mail: 'odd@example.com', more: 'uid: odd(*)\\,=+"x' }),
        person('ad', { mail: 'Ada.Lovelace@example.com', more: 'sAMAccountName: Ada.Lovelace' }),
        person('boss', { mail: 'boss@example.com', more: 'title: chief' }),
        person('temp', { mail: 'temp@example.com', more: 'employeeType: temp' }),
        person('auditor', { mail: 'auditor@example.com', more: 'employeeType: auditor' }),
      ].join(''),
    );
  });
  after(() => slapd.stop());

  const open = (t: TestContext, changes?: Readonly<Record<string, unknown>>) =>
    openLdapEngine(t, slapd, changes);

  test('sub-trees of the relative DN, then the secondary ones in order', async (t) => {
    const { engine } = await open(t);
    assert.equal(await verifiedName(engine, 'nina'), 'nina');
    assert.equal(await verifiedName(engine, 'sam'), 'Username not found');
    const wider = await open(t, { secondaryUserRdns: ['ou=SFO', 'ou=LON'] });
    for (const name of ['nina', 'sam', 'lola']) assert.equal(await verifiedName(wider.engine, name), name);
    const narrow = await open(t, { userRdn: ['ou=NYC', 'ou=people'] });
    assert.equal(await verifiedName(narrow.engine, 'nina'), 'nina');
    assert.equal(await verifiedName(narrow.engine, 'bobby'), 'Username not found');
    const base = await open(t, { userRdn: [] });
    assert.equal(await verifiedName(base.engine, 'lola'), 'lola');
  });

  test('who has the name of somebody in an earlier place does not become that person by an address', async (t) => {
    const { engine } = await open(t, { secondaryUserRdns: ['ou=LON'] });
    const refusal = 'Another person of the directory has this username';
    assert.equal(await verifiedName(engine, 'carol@partner.example', 'of-the-partner'), refusal);
    assert.equal(await verifiedName(engine, 'carol', 'of-the-partner'), 'Invalid password');
    assert.equal(await verifiedName(engine, 'carol@example.com'), 'carol');
  });

  test('the reasons of the guide, word for word', async (t) => {
    const { engine } = await open(t);
    assert.equal(await verifiedName(engine, 'nobody'), 'Username not found');
    assert.equal(await verifiedName(engine, 'alice', wrong), 'Invalid password');
    assert.equal(await verifiedName(engine, 'alice', ''), 'Anonymous binding not allowed');
    assert.equal(await verifiedName(engine, ''), 'Empty username/email');
    const strict = await open(t, { emailRequired: true });
    assert.equal(await verifiedName(strict.engine, 'nomail'), 'Missing mail field "mail" in user record');
    assert.equal(await verifiedName(engine, 'nomail'), 'nomail');
    const other = await open(t, { uidAttribute: 'sAMAccountName' });
    assert.equal(
      await verifiedName(other.engine, 'alice@example.com'),
      'Missing uid field "sAMAccountName" in user record',
    );
  });

  test('an empty password costs the directory nothing', async (t) => {
    const { engine } = await open(t);
    const before = await slapd.countBinds();
    assert.equal(await verifiedName(engine, 'alice', ''), 'Anonymous binding not allowed');
    assert.equal(await slapd.countBinds(), before);
  });

  test('entries in the shape of Active Directory', async (t) => {
    const { engine, services } = await open(t, { uidAttribute: 'samaccountname' });
    assert.equal(await verifiedName(engine, 'ADA.lovelace'), 'ada.lovelace');
    assert.equal(await verifiedName(engine, 'ada.lovelace@example.com'), 'ada.lovelace');
    const account = await findAccountByName(services.database.read, 'ada.lovelace');
    const [link] = await listFederatedLogins(services.database.read, account?.id ?? 0);
    assert.equal(link?.serviceIdentifier, 'Ada.Lovelace');
    assert.equal(account?.email, 'Ada.Lovelace@example.com');
  });

  test('of several entries the first with an address wins; a name counts more than an address', async (t) => {
    const { engine } = await open(t);
    assert.equal(await verifiedName(engine, 'twin', 'of-the-one-without'), 'Invalid password');
    assert.equal(await verifiedName(engine, 'twin@example.com'), 'twin');
    assert.equal(await verifiedName(engine, 'alice', 'of-the-imposter'), 'Invalid password');
  });

  test('LDAP injection: what people type is never part of a filter', async (t) => {
    const { engine, clock } = await open(t);
    const hostile = [
      '*',
      'a*',
      '*)(uid=*',
      'alice)(|(uid=*',
      'alice)(userPassword=*)',
      '*))(|(uid=*',
      'alice)%00',
      '\\61lice',
      'alice\\2a',
      '(uid=alice)',
      'uid=alice,ou=people,dc=example,dc=com',
      'admin',
      'cn=admin,dc=example,dc=com',
    ];
    for (const login of hostile) {
      assert.equal(await verifiedName(engine, login), 'Username not found', login);
      assert.equal(await engine.people?.findPerson(login), undefined, login);
      assert.deepEqual(await engine.people?.findPeople(`${login}(`, 10), [], login);
      clock.advanceMs(3_600_000);
    }
    assert.deepEqual(await engine.people?.findPeople('*', 10), []);
    assert.equal(await verifiedName(engine, 'odd(*)\\,=+"x'), 'odd');
  });

  test('LDAP_USER_FILTER', async (t) => {
    const { engine } = await open(t, { userFilter: '(title=chief)' });
    assert.equal(await verifiedName(engine, 'boss'), 'boss');
    assert.equal(await verifiedName(engine, 'alice'), 'Username not found');
    assert.deepEqual(await engine.people?.findPeople('b', 10), [
      { username: 'boss', email: 'boss@example.com' },
    ]);
    await assert.rejects(open(t, { userFilter: '(title=chief' }), /no LDAP filter/);
    await assert.rejects(open(t, { baseDn: ['no name'] }), /distinguished name/);
  });

  test('people are found by name and address, and by how these begin', async (t) => {
    const { engine } = await open(t, { secondaryUserRdns: ['ou=SFO'] });
    const { people } = engine;
    assert.ok(people);
    assert.deepEqual(await people.findPerson('ALICE'), { username: 'alice', email: 'alice@example.com' });
    assert.deepEqual(await people.findPerson('nomail'), { username: 'nomail', email: undefined });
    assert.equal(await people.findPerson('ali'), undefined);
    assert.deepEqual(
      (await people.findPeople('ali', 10)).map(({ username }) => username),
      ['alice', 'imposter'],
    );
    assert.deepEqual(
      (await people.findPeople('sam@', 10)).map(({ username }) => username),
      ['sam'],
    );
    assert.equal((await people.findPeople('a', 2)).length, 2);
    assert.deepEqual(await people.findPeople('', 10), []);
  });

  test('rights by filter, held shortly', async (t) => {
    const filters = {
      superuserFilter: '(title=chief)',
      restrictedUserFilter: '(employeeType=temp)',
      globalReadonlySuperuserFilter: '(employeeType=auditor)',
    };
    const { engine, clock } = await open(t, filters);
    const none = { superuser: false, restricted: false, globalReader: false };
    assert.deepEqual(await engine.rights?.find('boss'), { ...none, superuser: true });
    assert.deepEqual(await engine.rights?.find('temp'), { ...none, restricted: true });
    assert.deepEqual(await engine.rights?.find('auditor'), { ...none, globalReader: true });
    for (const name of ['alice', 'nobody', '*', 'boss)(uid=*']) {
      assert.deepEqual(await engine.rights?.find(name), none, name);
    }
    await slapd.modify(
      `dn: uid=boss,ou=people,${slapd.baseDn}\nchangetype: modify\nreplace: title\ntitle: clerk\n`,
    );
    t.after(() =>
      slapd.modify(
        `dn: uid=boss,ou=people,${slapd.baseDn}\nchangetype: modify\nreplace: title\ntitle: chief\n`,
      ),
    );
    assert.equal((await engine.rights?.find('boss'))?.superuser, true);
    clock.advanceMs(1000);
    assert.equal((await engine.rights?.find('boss'))?.superuser, false);
    assert.equal((await open(t)).engine.rights, undefined);
    const some = await open(t, { superuserFilter: '(title=chief)' });
    assert.equal((await some.engine.rights?.find('temp'))?.restricted, undefined);
  });

  test('FEATURE_LDAP_CACHING holds rights for LDAP_CACHE_TTL', async (t) => {
    const { engine, clock } = await open(t, {
      superuserFilter: '(employeeType=auditor)',
      featureCaching: true,
      cacheSeconds: 30,
    });
    const set = (type: string) =>
      slapd.modify(
        `dn: uid=auditor,ou=people,${slapd.baseDn}\nchangetype: modify\nreplace: employeeType\nemployeeType: ${type}\n`,
      );
    assert.equal((await engine.rights?.find('auditor'))?.superuser, true);
    await set('gone');
    clock.advanceMs(29_999);
    assert.equal((await engine.rights?.find('auditor'))?.superuser, true);
    clock.advanceMs(1);
    assert.equal((await engine.rights?.find('auditor'))?.superuser, false);
    await set('auditor');
  });

  test('while the directory is away nobody has more than the least rights', async (t) => {
    const { engine, clock } = await open(t, {
      superuserFilter: '(title=chief)',
      restrictedUserFilter: '(employeeType=temp)',
    });
    assert.equal((await engine.rights?.find('boss'))?.superuser, true);
    await slapd.halt();
    t.after(() => slapd.resume());
    clock.advanceMs(60_000);
    assert.deepEqual(await engine.rights?.find('alice'), {
      superuser: false,
      restricted: true,
      globalReader: false,
    });
    assert.equal((await engine.rights?.find('boss'))?.superuser, true, 'said within the last ten minutes');
    clock.advanceMs(10 * 60_000);
    assert.equal((await engine.rights?.find('boss'))?.superuser, false);
    await slapd.resume();
    clock.advanceMs(60_000);
    assert.equal((await engine.rights?.find('boss'))?.superuser, true);
  });

  test('LDAP_CONNECTION_POOLING: searches share connections, or each has its own', async (t) => {
    const connectionsOf = async (changes: Readonly<Record<string, unknown>>): Promise<number> => {
      const { engine } = await open(t, changes);
      const before = await slapd.countConnections();
      for (let i = 0; i < 6; i += 1) await engine.people?.findPerson('alice');
      return (await slapd.countConnections()) - before;
    };
    assert.equal(await connectionsOf({}), 1);
    assert.equal(await connectionsOf({ connectionPooling: false }), 6);
    assert.equal(await connectionsOf({ poolConnectionLifeSeconds: 0 }), 6);
  });

  test('LDAP_POOL_SIZE bounds the connections, LDAP_POOL_MAX_WAIT the wait for one', async (t) => {
    const { engine } = await open(t, { poolSize: 2 });
    const before = await slapd.countConnections();
    await Promise.all(Array.from({ length: 12 }, () => engine.people?.findPerson('alice')));
    assert.equal((await slapd.countConnections()) - before, 2);
    const hasty = await open(t, { poolSize: 1, poolMaximumWaitSeconds: 0 });
    const found = await Promise.allSettled(
      Array.from({ length: 4 }, () => hasty.engine.people?.findPerson('alice')),
    );
    assert.ok(found.some(({ status }) => status === 'fulfilled'));
    assert.ok(found.some((one) => one.status === 'rejected' && isOutage(one.reason)));
  });

  test('connections that the server closed are replaced', async (t) => {
    const { engine } = await open(t);
    assert.ok(await engine.people?.findPerson('alice'));
    await slapd.halt();
    await slapd.resume();
    assert.ok(await engine.people?.findPerson('alice'));
  });

  test('a wrong password of the searching account is an outage, not a verdict', async (t) => {
    const { engine } = await open(t, { adminPassword: wrong });
    await assert.rejects(engine.verify('alice', directoryPassword), isOutage);
    assert.equal(await engine.findFault?.(), 'Invalid credentials');
    const before = await slapd.countBinds();
    await assert.rejects(engine.verify('bobby', directoryPassword), isOutage);
    assert.equal(
      await slapd.countBinds(),
      before,
      'the account is not asked again at once, which could lock it',
    );
  });

  test('a name that is taken here is not taken over', async (t) => {
    const { engine, services } = await open(t);
    const local = await createUser(services, { name: 'alice', password: 'correct-horse' });
    const result = await engine.verify('alice', directoryPassword);
    assert.ok('account' in result);
    assert.notEqual(result.account.id, local.id);
    assert.equal(result.account.name, 'alice2');
    assert.equal(await verifiedName(engine, 'alice', 'correct-horse'), 'Invalid password');
  });
});
