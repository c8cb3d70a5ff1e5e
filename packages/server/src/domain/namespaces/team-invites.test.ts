import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Database } from '#/db/database.ts';
import {
  acceptTeamInvite,
  addOrInviteTeamMember,
  createOrganization,
  createRobot,
  createTeam,
  createUser,
  declineTeamInvite,
  deleteTeam,
  findTeam,
  inviteTeamMemberByEmail,
  isTeamMember,
  listTeamInvites,
  type TeamInvite,
  withdrawTeamInvite,
  withdrawTeamInviteByEmail,
} from '#/domain/namespaces/index.ts';
import { eachDatabase } from '#/testing/databases.ts';
import { createTestServices } from '#/testing/services.ts';

async function buildWorld(database: Database) {
  const services = createTestServices({ database });
  const alice = await createUser(services, { name: 'alice' });
  const bob = await createUser(services, { name: 'bob', email: 'bob@example.com' });
  const carol = await createUser(services, { name: 'carol' });
  const organization = await createOrganization(services, { name: 'acme', ownerId: alice.id });
  const organizationId = organization.id;
  const { id: teamId } = await createTeam(services, { organizationId, name: 'dev', role: 'member' });
  const announced: string[] = [];
  const retracted: string[] = [];
  const mailed: string[] = [];
  const mail = async (_db: unknown, { code }: TeamInvite) => void mailed.push(code);
  const place = { organizationId, team: 'dev', inviter: alice, mail };
  const invite = async (member: string) => {
    const result = await addOrInviteTeamMember(services, {
      ...place,
      member,
      announce: async (_db, { code }) => void announced.push(code),
    });
    return result.invited;
  };
  const retract = async (_db: unknown, { code }: TeamInvite) => void retracted.push(code);
  const isMember = (accountId: number) => isTeamMember(services.database.read, teamId, accountId);
  const openInvites = () => listTeamInvites(services.database.read, teamId);
  return {
    ...{
      services,
      alice,
      bob,
      carol,
      organization,
      organizationId,
      teamId,
      announced,
      retracted,
      mailed,
      place,
    },
    ...{ invite, retract, isMember, openInvites },
  };
}

eachDatabase('team invitations', (open) => {
  test('a stranger is invited once, and is a member only after accepting', async () => {
    const world = await buildWorld(await open());
    const first = await world.invite('bob');
    const second = await world.invite('bob');
    assert.deepEqual(second, first);
    assert.deepEqual([world.announced, world.mailed], [[first?.code], [first?.code]]);
    assert.deepEqual(
      { ...first, id: 0, code: '' },
      {
        id: 0,
        code: '',
        teamId: world.teamId,
        team: 'dev',
        organizationId: world.organizationId,
        organization: 'acme',
        inviter: 'alice',
        inviteeId: world.bob.id,
        invitee: 'bob',
        email: null,
        inviteeEmail: 'bob@example.com',
      },
    );
    assert.equal(await world.isMember(world.bob.id), false);
    const accept = () =>
      acceptTeamInvite(world.services, {
        code: first?.code ?? '',
        account: world.bob,
        retract: world.retract,
      });
    const results = await Promise.allSettled([accept(), accept()]);
    assert.deepEqual(results.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
    assert.equal(results.find((result) => result.status === 'rejected')?.reason.code, 'invalid_request');
    assert.equal(await world.isMember(world.bob.id), true);
    assert.deepEqual(await world.openInvites(), []);
    assert.ok(world.retracted.includes(first?.code ?? ''));
    await assert.rejects(world.invite('bob'), { code: 'already_exists' });
  });

  test('of the same person invited twice at once there is one invitation', async () => {
    const world = await buildWorld(await open());
    const [first, second] = await Promise.all([world.invite('bob'), world.invite('bob')]);
    assert.equal(first?.code, second?.code);
    assert.equal((await world.openInvites()).length, 1);
  });

  test('robots, and people of the organization, are added at once', async () => {
    const world = await buildWorld(await open());
    await createRobot(world.services, { owner: world.organization, shortName: 'ci' });
    assert.equal(await world.invite('acme+ci'), undefined);
    assert.equal(await world.invite('alice'), undefined);
    assert.equal(await world.isMember(world.alice.id), true);
    assert.deepEqual(world.announced, []);
  });

  test('only the invited person answers; declining makes no member', async () => {
    const world = await buildWorld(await open());
    const { code = '' } = (await world.invite('bob')) ?? {};
    const answer = { code, retract: world.retract };
    for (const decide of [acceptTeamInvite, declineTeamInvite]) {
      const stolen = decide(world.services, { ...answer, account: world.carol });
      await assert.rejects(stolen, { code: 'invalid_request' });
    }
    await declineTeamInvite(world.services, { ...answer, account: world.bob });
    assert.deepEqual([await world.isMember(world.bob.id), await world.openInvites()], [false, []]);
    assert.deepEqual(world.retracted, [code]);
  });

  test('an address is invited once, and who accepts loses an own invitation too', async () => {
    const world = await buildWorld(await open());
    const email = 'robin@example.com';
    const first = await inviteTeamMemberByEmail(world.services, { ...world.place, email });
    const second = await inviteTeamMemberByEmail(world.services, { ...world.place, email });
    assert.deepEqual(second, first);
    assert.deepEqual([first.email, first.inviteeId, world.mailed], [email, null, [first.code]]);
    await world.invite('bob');
    await acceptTeamInvite(world.services, {
      code: first.code,
      account: world.bob,
      retract: world.retract,
    });
    assert.deepEqual(await world.openInvites(), []);
    const bad = inviteTeamMemberByEmail(world.services, { ...world.place, email: 'nonsense' });
    await assert.rejects(bad, { code: 'invalid_request' });
  });

  test('an invitation is withdrawn, or ends with its team', async () => {
    const world = await buildWorld(await open());
    const { organizationId, services, retract } = world;
    const withdrawal = { organizationId, team: 'dev', retract };
    assert.equal(await withdrawTeamInvite(services, { ...withdrawal, member: 'bob' }), false);
    const { code } = (await world.invite('bob')) ?? {};
    assert.equal(await withdrawTeamInvite(services, { ...withdrawal, member: 'bob' }), true);
    assert.deepEqual([world.retracted, await world.openInvites()], [[code], []]);
    const email = 'robin@example.com';
    await inviteTeamMemberByEmail(services, { ...world.place, email });
    await withdrawTeamInviteByEmail(services, { ...withdrawal, email });
    await assert.rejects(withdrawTeamInviteByEmail(services, { ...withdrawal, email }), {
      code: 'not_found',
    });
    const last = await world.invite('bob');
    await deleteTeam(services, { organizationId, team: 'dev', retract });
    assert.equal(world.retracted.at(-1), last?.code);
    assert.equal(await findTeam(services.database.read, organizationId, 'dev'), undefined);
    assert.deepEqual(await world.openInvites(), []);
  });
});
