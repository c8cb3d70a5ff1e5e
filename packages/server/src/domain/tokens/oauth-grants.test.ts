import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
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
  revokeOauthToken,
  verifyOauthToken,
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
    const redeem = (
      code: string,
      more: { readonly redirectUri?: string; readonly verifier?: string } = {},
    ) => {
      const { clientId, clientSecret } = application;
      return redeemAuthorizationCode(services, {
        clientId,
        clientSecret,
        code,
        redirectUri,
        ip: null,
        ...more,
      });
    };
    /** How many tokens were made and revoked, by the log. */
    const tokenLogs = async () => {
      const rows = await services.database.read
        .selectFrom('action_logs')
        .select(['kind', 'account_id', 'metadata_json'])
        .where('kind', 'in', ['create_oauth_api_token', 'revoke_oauth_api_token'])
        .orderBy('id')
        .execute();
      return rows.map(({ kind, account_id, metadata_json }) => ({
        kind,
        accountId: account_id,
        metadata: JSON.parse(metadata_json) as Record<string, unknown>,
      }));
    };
    return { services, clock, ann, acme, application, approval, newCode, redeem, tokenLogs };
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
    assert.ok('token' in (await redeem(await newCode())));
    const { scopes, tokenCount } = await granted();
    assert.deepEqual([[...scopes].sort(), tokenCount], [['repo:read', 'repo:write'], 1]);
  });

  test('a code that is presented again ends the token that it became, once, and says so in the log', async () => {
    const { services, clock, acme, application, newCode, redeem, tokenLogs } = await setUp();
    let told = 0;
    services.events.subscribe((event) => {
      if (event.kind === 'authority-changed') told += 1;
    });
    const kept = await redeem(await newCode());
    const code = await newCode();
    const stolen = await redeem(code);
    assert.ok('token' in kept && 'token' in stolen);
    await verifyOauthToken(services, stolen.token);
    clock.advanceMs(400_000);
    await cleanOauthGrants(services);
    told = 0;
    // Also with a mistake: whoever sends it knows the code and the secret of the application.
    assert.deepEqual(await redeem(code, { redirectUri: 'https://app.example.com/other' }), {
      failure: 'invalid_grant',
    });
    assert.equal(told, 1);
    await assert.rejects(verifyOauthToken(services, stolen.token), { code: 'invalid_credentials' });
    assert.deepEqual(await redeem(code), { failure: 'invalid_grant' });
    await verifyOauthToken(services, kept.token);
    const revocations = (await tokenLogs()).filter(({ kind }) => kind === 'revoke_oauth_api_token');
    assert.deepEqual(revocations, [
      {
        kind: 'revoke_oauth_api_token',
        accountId: acme.id,
        metadata: {
          oauth_token_uuid: stolen.uuid,
          application_name: 'app',
          client_id: application.clientId,
          reason: 'authorization_code_reused',
        },
      },
    ]);
  });

  test('what another client or a guess presents ends nothing', async () => {
    const { services, acme, newCode, redeem } = await setUp();
    const code = await newCode();
    const made = await redeem(code);
    assert.ok('token' in made);
    const other = await createOauthApplication(services, { ownerId: acme.id, name: 'other', redirectUri });
    for (const [client, presented, failure] of [
      [other, code, 'invalid_grant'],
      [{ ...other, clientSecret: 'wrong' }, code, 'invalid_client'],
      [undefined, `${code.slice(0, 20)}${'A'.repeat(20)}`, 'invalid_grant'],
    ] as const) {
      const refused =
        client === undefined
          ? await redeem(presented)
          : await redeemAuthorizationCode(services, {
              clientId: client.clientId,
              clientSecret: client.clientSecret,
              code: presented,
              redirectUri,
              ip: null,
            });
      assert.deepEqual(refused, { failure });
    }
    await verifyOauthToken(services, made.token);
  });

  test('of several exchanges at the same time one gets a token, which ends as the code was not used once', async () => {
    const { services, newCode, redeem, tokenLogs } = await setUp();
    const code = await newCode();
    const results = await Promise.all([1, 2, 3, 4].map(() => redeem(code)));
    const made = results.filter((result) => 'token' in result);
    assert.equal(made.length, 1);
    assert.deepEqual(
      results.filter((result) => !('token' in result)),
      [1, 2, 3].map(() => ({ failure: 'invalid_grant' })),
    );
    assert.deepEqual(
      (await tokenLogs()).map(({ kind }) => kind),
      ['create_oauth_api_token', 'revoke_oauth_api_token'],
    );
    await assert.rejects(verifyOauthToken(services, made[0]?.token ?? ''), { code: 'invalid_credentials' });
  });

  test('a token that its person ended before the code came again is not ended twice', async () => {
    const { services, ann, newCode, redeem, tokenLogs } = await setUp();
    const code = await newCode();
    const made = await redeem(code);
    assert.ok('token' in made);
    await revokeOauthToken(services, { accountId: ann.id, uuid: made.uuid });
    assert.deepEqual(await redeem(code), { failure: 'invalid_grant' });
    assert.equal((await tokenLogs()).length, 2);
  });

  test('a challenge is met by its verifier only, and a mistake uses the code up', async () => {
    const { services, approval, redeem } = await setUp();
    // The example of RFC 7636, appendix B.
    const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
    const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';
    const newCode = async (of: string | undefined): Promise<string> => {
      const grant = await grantAuthorization(services, { ...approval, responseType: 'code', challenge: of });
      return grant.kind === 'code' ? grant.code : '';
    };
    assert.ok('token' in (await redeem(await newCode(challenge), { verifier })));
    assert.ok('token' in (await redeem(await newCode(undefined))));
    const refusals: readonly (readonly [string, string | undefined, string | undefined])[] = [
      ['none', challenge, undefined],
      ['an empty one', challenge, ''],
      ['another', challenge, 'A'.repeat(43)],
      ['the challenge itself', challenge, challenge],
      ['in other letters', challenge, verifier.toUpperCase()],
      ['with more behind it', challenge, `${verifier}A`],
      ['with a blank', challenge, `${verifier} `],
      ['one where there was no challenge', undefined, verifier],
      ['an empty one where there was no challenge', undefined, ''],
    ];
    for (const [title, of, sent] of refusals) {
      const code = await newCode(of);
      const more = sent === undefined ? {} : { verifier: sent };
      assert.deepEqual(await redeem(code, more), { failure: 'invalid_grant' }, title);
      const right = of === undefined ? {} : { verifier };
      assert.deepEqual(await redeem(code, right), { failure: 'invalid_grant' }, `${title}, corrected`);
    }
    for (const short of ['a'.repeat(42), 'a'.repeat(129), `${'a'.repeat(42)}+`]) {
      const hashed = createHash('sha256').update(short).digest('base64url');
      assert.deepEqual(await redeem(await newCode(hashed), { verifier: short }), {
        failure: 'invalid_grant',
      });
    }
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
    clock.advanceMs(86_400_000 - 100_001);
    assert.equal(await cleanOauthGrants(services), 0, 'a used code is remembered for a day');
    clock.advanceMs(1);
    assert.equal(await cleanOauthGrants(services), 1);
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
