import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createOrganization, createUser } from '#/domain/namespaces/index.ts';
import {
  assignAuthorization,
  cleanOauthGrants,
  createApplicationToken,
  createOauthApplication,
  declineAssignment,
  findGrantedScopes,
  grantAuthorization,
  listAssignments,
  redeemAuthorizationCode,
} from '#/domain/tokens/index.ts';
import { manualClock } from '#/platform/clock.ts';
import { eachDatabase } from '#/testing/databases.ts';
import { createTestServices } from '#/testing/services.ts';

const redirectUri = 'https://app.example.com/callback';

eachDatabase('OAuth grants', (open) => {
  async function setUp() {
    const clock = manualClock(Date.UTC(2026, 0, 1));
    const services = createTestServices({ database: await open(), clock });
    const ann = await createUser(services, {
      name: 'ann',
      password: 'correct-horse',
      email: 'a@example.com',
    });
    const acme = await createOrganization(services, { name: 'acme', ownerId: ann.id });
    const application = await createOauthApplication(services, {
      ownerId: acme.id,
      name: 'app',
      redirectUri,
    });
    const approval = {
      application,
      accountId: ann.id,
      scopes: ['repo:write'],
      redirectUri,
      performer: { accountId: ann.id, ip: null, metadata: {} },
    } as const;
    const newCode = async (): Promise<string> => {
      const grant = await grantAuthorization(services, { ...approval, responseType: 'code' });
      return grant.kind === 'code' ? grant.code : '';
    };
    const redeem = (code: string) => {
      const { clientId, clientSecret } = application;
      return redeemAuthorizationCode(services, { clientId, clientSecret, code, redirectUri, ip: null });
    };
    return { services, clock, ann, application, approval, newCode, redeem };
  }

  test('a code becomes one token, whose scopes count as granted with what they imply', async () => {
    const { services, ann, application, newCode, redeem } = await setUp();
    const granted = () => findGrantedScopes(services, { applicationId: application.id, accountId: ann.id });
    await createApplicationToken(services, {
      application,
      accountId: ann.id,
      title: 'by hand',
      scopes: ['org:admin'],
      maximumCount: undefined,
      authMethod: 'session',
    });
    assert.equal((await granted()).tokenCount, 0, 'what an administrator makes is nobody’s consent');
    const code = await newCode();
    const results = await Promise.all([redeem(code), redeem(code)]);
    assert.equal(results.filter((result) => 'token' in result).length, 1);
    const { scopes, tokenCount } = await granted();
    assert.deepEqual([[...scopes].sort(), tokenCount], [['repo:read', 'repo:write'], 1]);
  });

  test('what nobody can use any more is removed, and nothing else', async () => {
    const { services, clock, approval, newCode, redeem } = await setUp();
    const old = await newCode();
    clock.advanceMs(200_000);
    const young = await newCode();
    clock.advanceMs(100_001);
    assert.equal(await cleanOauthGrants(services), 1);
    assert.deepEqual(await redeem(old), { failure: 'invalid_grant' });
    assert.ok('token' in (await redeem(young)));
    await grantAuthorization(services, { ...approval, responseType: 'token' });
    assert.equal(await cleanOauthGrants(services), 0);
    clock.advanceMs(315_576_000_001);
    assert.equal(await cleanOauthGrants(services), 2);
  });

  test('an offer is made once, used once, and its announcement goes with it', async () => {
    const { services, ann, application, approval } = await setUp();
    const told: string[] = [];
    const offer = () =>
      assignAuthorization(services, {
        application,
        assignee: ann,
        redirectUri,
        scopes: ['repo:write'],
        responseType: 'token',
        assigner: 'ann',
        announce: async (_db, uuid) => void told.push(uuid),
      });
    const uuid = await offer();
    assert.equal(await offer(), uuid);
    assert.deepEqual(told, [uuid]);
    const retracted: string[] = [];
    const retract = async (_db: unknown, gone: string) => void retracted.push(gone);
    const use = () =>
      grantAuthorization(services, { ...approval, responseType: 'token', assignment: { uuid, retract } });
    await use();
    await assert.rejects(use(), { code: 'not_found' });
    assert.deepEqual(retracted, [uuid]);
    const next = await offer();
    await assert.rejects(declineAssignment(services, { accountId: 0, uuid: next, retract }), {
      code: 'not_found',
    });
    await declineAssignment(services, { accountId: ann.id, uuid: next, retract });
    assert.deepEqual(await listAssignments(services.database.read, { accountId: ann.id }), []);
    assert.deepEqual(retracted, [uuid, next]);
  });
});
