import assert from 'node:assert/strict';
import { test } from 'node:test';
import { manualClock } from '#/platform/clock.ts';
import { eachDatabase } from '#/testing/databases.ts';
import { createTestServices } from '#/testing/services.ts';
import {
  createOrganization,
  createTeam,
  createUser,
  disableTeamSync,
  enableTeamSync,
  findLoginGroups,
  followGroups,
  insertFederatedLogin,
  listFederatedLogins,
  listTeamMembers,
  listTeams,
  rememberLoginGroups,
} from './index.ts';

eachDatabase('groups of a sign-in', (open) => {
  async function setUp() {
    const clock = manualClock(Date.UTC(2026, 0, 1));
    const services = createTestServices({ database: await open(), clock });
    const owner = await createUser(services, { name: 'owner' });
    const ann = await createUser(services, { name: 'ann' });
    const acme = await createOrganization(services, { name: 'acme', ownerId: owner.id });
    const follow = async (team: string, service: string, config: Record<string, string>) => {
      await createTeam(services, { organizationId: acme.id, name: team, role: 'member' });
      await enableTeamSync(services, { organizationId: acme.id, team, service, config });
    };
    await follow('devs', 'oidc', { group_name: 'developers' });
    await follow('ops', 'oidc', { group_name: "o'ps \u{1F600}" });
    await follow('directory', 'ldap', { group_dn: 'developers' });
    const signIn = (...groups: string[]) =>
      followGroups(services, {
        account: ann,
        service: 'oidc',
        configs: groups.map((group) => ({ group_name: group })),
      });
    const teamsOfAnn = async () => {
      const { read } = services.database;
      const found: string[] = [];
      for (const team of await listTeams(read, acme.id)) {
        const members = await listTeamMembers(read, team.id);
        if (members.some(({ name }) => name === 'ann')) found.push(team.name);
      }
      return found.toSorted();
    };
    return { services, clock, ann, acme, signIn, teamsOfAnn };
  }

  test('the person is in exactly the teams of its groups, of this service', async () => {
    const { signIn, teamsOfAnn } = await setUp();
    await signIn('developers', "o'ps \u{1F600}", 'unknown', 'directory');
    assert.deepEqual(await teamsOfAnn(), ['devs', 'ops']);
    await signIn('developers', 'developers');
    assert.deepEqual(await teamsOfAnn(), ['devs']);
    await signIn('Developers', 'developers"', '%');
    assert.deepEqual(await teamsOfAnn(), []);
  });

  test('members of a team that follows no more stay', async () => {
    const { services, acme, signIn, teamsOfAnn } = await setUp();
    await signIn('developers');
    await disableTeamSync(services, { organizationId: acme.id, team: 'devs' });
    await signIn();
    assert.deepEqual(await teamsOfAnn(), ['devs']);
  });

  test('groups are kept with the link, and written again only when they are new or old', async () => {
    const { services, clock, ann } = await setUp();
    const { read } = services.database;
    const metadata = { service_username: 'Ann' };
    await services.database.transaction((db) =>
      insertFederatedLogin(db, ann.id, { service: 'corp', serviceIdentifier: 's', metadata }),
    );
    const remember = (...groups: string[]) =>
      rememberLoginGroups(services, { accountId: ann.id, service: 'corp', groups });
    const kept = async () => (await listFederatedLogins(read, ann.id))[0]?.metadata;
    const startMs = clock.nowMs();
    await remember('b', 'a');
    assert.deepEqual(findLoginGroups(await kept()), { groups: ['a', 'b'], toldMs: startMs });
    assert.equal(((await kept()) as { service_username?: string }).service_username, 'Ann');
    clock.advanceMs(1000);
    await remember('a', 'b');
    assert.equal(findLoginGroups(await kept())?.toldMs, startMs);
    await remember('a');
    assert.deepEqual(findLoginGroups(await kept()), { groups: ['a'], toldMs: startMs + 1000 });
    clock.advanceMs(3_600_000);
    await remember('a');
    assert.equal(findLoginGroups(await kept())?.toldMs, startMs + 3_601_000);
  });
});
