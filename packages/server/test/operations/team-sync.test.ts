import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { openAuthEngine } from '#/auth/engines/open-auth-engine.ts';
import { listWorkers } from '#/compose/list-workers.ts';
import type { Configuration } from '#/config/configuration.ts';
import { addTeamMember, createRobot, createTeam, findAccountByName } from '#/domain/namespaces/index.ts';
import type { TeamSyncResult } from '#/domain/team-sync/index.ts';
import { createMetrics } from '#/platform/metrics.ts';
import { keystoneEngineConfig, needsKeystone, sharedKeystone } from '#/testing/keystone.ts';
import { fillDirectory, ldapEngineConfig, personLdif } from '#/testing/ldap-people.ts';
import { openOrganization } from '#/testing/organization-fixture.ts';
import { needsSlapd, startSlapd } from '#/testing/slapd.ts';
import { teamSync } from '#/workers/index.ts';

const members = '/organization/acme/team/dev/members';
const syncing = '/organization/acme/team/dev/syncing';

/** The organization `acme`, whose team `dev` has `mia` and a robot, and the worker for one engine. */
async function setUp(
  t: TestContext,
  engine: { readonly name: string; readonly service: string; readonly config: unknown },
  configuration: Readonly<Record<string, unknown>>,
) {
  const fixture = await openOrganization(t, { FEATURE_TEAM_SYNCING: true, ...configuration });
  const { api, organizationId } = fixture;
  await api.createPerson('root', { superuser: true });
  await addTeamMember(api.services, { organizationId, team: 'owners', member: 'root' });
  const owner = await findAccountByName(api.services.database.read, 'acme');
  assert.ok(owner);
  await createRobot(api.services, { owner, shortName: 'ci' });
  await addTeamMember(api.services, { organizationId, team: 'dev', member: 'acme+ci' });
  await createTeam(api.services, { organizationId, name: 'free', role: 'member' });
  /** What the round did, once the next one is due. */
  const round = async (): Promise<string[]> => {
    const results: TeamSyncResult[] = [];
    api.clock.advanceMs(61_000);
    const worker = teamSync({
      service: engine.service,
      periodSeconds: 60,
      staleSeconds: 60,
      openEngine: (services) => openAuthEngine(services, engine.name, engine.config),
      onResult: (result) => results.push(result),
    });
    await worker.run(api.services, new AbortController().signal);
    return results.map(({ result }) => result);
  };
  const names = async (): Promise<string[]> => {
    const { json } = await api.call('GET', members, { as: 'root' });
    return json.members.map(({ name }: { readonly name: string }) => name);
  };
  return { ...fixture, round, names };
}

test('teams follow groups of a real directory', needsSlapd(), async (t) => {
  const slapd = await startSlapd({ withoutTls: true });
  t.after(() => slapd.stop());
  await fillDirectory(slapd);
  const { baseDn } = slapd;
  const people = Array.from({ length: 1200 }, (_, index) => `person${index}`);
  const dnOf = (name: string): string => `uid=${name},ou=people,${baseDn}`;
  const group = (name: string, dns: readonly string[]): string =>
    `dn: cn=${name},ou=groups,${baseDn}\nobjectClass: groupOfNames\ncn: ${name}\n${dns.map((dn) => `member: ${dn}\n`).join('')}\n`;
  await slapd.add(people.map((name) => personLdif(baseDn, { name, mail: `${name}@example.com` })).join(''));
  await slapd.add(group('staff', [...people, 'alice', 'bobby'].map(dnOf)) + group('empty', [dnOf('ghost')]));
  const { api, round, names } = await setUp(
    t,
    { name: 'LDAP', service: 'ldap', config: ldapEngineConfig(slapd) },
    {
      AUTHENTICATION_TYPE: 'LDAP',
      LDAP_URI: slapd.uri,
      LDAP_BASE_DN: baseDn.split(','),
      LDAP_USER_RDN: ['ou=people'],
      LDAP_ADMIN_DN: slapd.adminDn,
      LDAP_ADMIN_PASSWD: slapd.adminPassword,
    },
  );
  const isListed = (changes: Partial<Configuration> = {}): boolean =>
    listWorkers({ ...api.configuration, ...changes }, createMetrics()).some(
      ({ name }) => name === 'team-sync',
    );
  const { access, interface: ui } = api.configuration;
  assert.equal(isListed(), true);
  assert.equal(isListed({ interface: { ...ui, featureTeamSyncing: false } }), false);
  for (const authenticationType of ['Database', 'JWT', 'OIDC'] as const) {
    assert.equal(isListed({ access: { ...access, authenticationType } }), false, authenticationType);
  }
  const bind = (group_dn: string, as = 'root') => api.call('POST', syncing, { as, body: { group_dn } });

  const before = await api.call('GET', members, { as: 'root' });
  assert.deepEqual(before.json.can_sync, { service: 'ldap', base_dn: baseDn });
  assert.equal(before.json.synced, undefined);
  const asAdministrator = await api.call('GET', members, { as: 'olga' });
  assert.equal(asAdministrator.json.can_sync, undefined);
  assert.equal((await bind('cn=nobody,ou=groups')).status, 400);
  assert.equal((await bind('cn=staff)(uid=*')).status, 400);
  assert.equal((await bind('cn=staff,ou=groups', 'olga')).status, 403);
  assert.deepEqual(await round(), []);
  assert.equal((await bind('cn=staff,ou=groups')).status, 200);
  const never = await api.call('GET', members, { as: 'root' });
  assert.deepEqual(never.json.synced, {
    service: 'ldap',
    last_updated: null,
    config: { group_dn: 'cn=staff,ou=groups' },
  });

  assert.deepEqual(await round(), ['synced']);
  assert.deepEqual(await names(), ['acme+ci', 'alice', 'bobby', ...people].toSorted());
  const { json } = await api.call('GET', members, { as: 'olga' });
  assert.deepEqual(json.synced, { service: 'ldap' });
  const asSuperuser = await api.call('GET', members, { as: 'root' });
  assert.match(asSuperuser.json.synced.last_updated, /2026/);

  await slapd.modify(
    `dn: cn=staff,ou=groups,${baseDn}\nchangetype: modify\nreplace: member\nmember: ${dnOf('alice')}\n`,
  );
  await slapd.halt();
  assert.deepEqual(await round(), ['failed']);
  assert.equal((await bind('cn=staff,ou=groups')).status, 503);
  assert.equal((await names()).length, 1203);
  await slapd.resume();
  assert.deepEqual(await round(), ['synced']);
  assert.deepEqual(await names(), ['acme+ci', 'alice']);

  await slapd.modify(`dn: cn=staff,ou=groups,${baseDn}\nchangetype: delete\n`);
  assert.deepEqual(await round(), ['failed']);
  assert.deepEqual(await names(), ['acme+ci', 'alice']);
  assert.equal((await bind('cn=empty,ou=groups')).status, 200);
  assert.deepEqual(await round(), ['synced']);
  assert.deepEqual(await names(), ['acme+ci']);
  assert.equal((await api.call('PUT', `${members}/mia`, { as: 'root' })).status, 400);
  assert.equal((await api.call('DELETE', syncing, { as: 'root' })).status, 200);
  assert.equal((await api.call('PUT', `${members}/mia`, { as: 'root' })).status, 200);
  assert.deepEqual(await round(), []);
  assert.deepEqual(await names(), ['acme+ci', 'mia']);
});

describe('teams follow groups of a real Keystone', needsKeystone(), () => {
  test('by their ids, set up by administrators where that is allowed', async (t) => {
    const keystone = await sharedKeystone();
    const groupId = await keystone.addGroup('staff');
    const ids = [
      await keystone.addUser({ name: 'Kim', email: 'kim@example.com', password: 'correct-horse' }),
      await keystone.addUser({ name: 'lars' }),
    ];
    for (const id of ids) await keystone.addMember(groupId, id);
    const config = keystoneEngineConfig(keystone);
    const { api, round, names } = await setUp(
      t,
      { name: 'Keystone', service: 'keystone', config },
      {
        AUTHENTICATION_TYPE: 'Keystone',
        KEYSTONE_AUTH_VERSION: 3,
        KEYSTONE_AUTH_URL: config.url,
        KEYSTONE_ADMIN_USERNAME: config.adminUsername,
        KEYSTONE_ADMIN_PASSWORD: config.adminPassword,
        KEYSTONE_ADMIN_TENANT: config.adminTenant,
        FEATURE_NONSUPERUSER_TEAM_SYNCING_SETUP: true,
      },
    );
    const bind = (group_id: string) => api.call('POST', syncing, { as: 'olga', body: { group_id } });
    assert.deepEqual((await api.call('GET', members, { as: 'olga' })).json.can_sync, { service: 'keystone' });
    assert.equal((await bind('staff')).status, 400);
    assert.equal((await bind(groupId)).status, 200);
    assert.deepEqual(await round(), ['synced']);
    assert.deepEqual(await names(), ['acme+ci', 'kim', 'lars']);
    // Who comes by the group is who signs in.
    const engine = openAuthEngine(api.services, 'Keystone', config);
    t.after(() => engine.close?.());
    const verified = await engine.verify('Kim', 'correct-horse');
    assert.equal('account' in verified && verified.account.name, 'kim');
    await keystone.removeMember(groupId, ids[0] ?? '');
    await keystone.halt();
    assert.deepEqual(await round(), ['failed']);
    await keystone.resume();
    assert.deepEqual(await names(), ['acme+ci', 'kim', 'lars']);
    assert.deepEqual(await round(), ['synced']);
    assert.deepEqual(await names(), ['acme+ci', 'lars']);
    await keystone.call('DELETE', `/groups/${groupId}`);
    assert.deepEqual(await round(), ['failed']);
    assert.deepEqual(await names(), ['acme+ci', 'lars']);
  });
});
