import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  createOrganization,
  createRobot,
  createUser,
  findAccountByName,
  setAccountEnabled,
} from '#/domain/namespaces/index.ts';
import { createRepository } from '#/domain/repositories/index.ts';
import type { DomainSettings } from '#/domain/services.ts';
import {
  createAccessToken,
  createAppToken,
  createOauthApplication,
  createOauthToken,
} from '#/domain/tokens/index.ts';
import { manualClock } from '#/platform/clock.ts';
import { createPasswordHasher } from '#/platform/password-hasher.ts';
import { eachDatabase } from '#/testing/databases.ts';
import { createTestServices } from '#/testing/services.ts';
import { authenticateBasic, identifyBasic } from './authenticate-basic.ts';
import { encryptPassword } from './encrypted-password.ts';
import { openAuthEngine } from './engines/open-auth-engine.ts';
import { resolveSubject } from './resolve-subject.ts';

const startMs = Date.UTC(2026, 0, 1);
const passwordHasher = createPasswordHasher({ rounds: 4 });
const secretKey = Buffer.alloc(32, 7);
const basic = (username: string, password: string): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

eachDatabase('basic authentication', (open) => {
  const setUp = async (settings: Partial<DomainSettings> = {}) => {
    const clock = manualClock(startMs);
    const services = createTestServices({ database: await open(), clock, settings, passwordHasher });
    const alice = await createUser(services, {
      name: 'alice',
      email: 'alice+work@example.com',
      password: 'correct-horse',
    });
    const acme = await createOrganization(services, { name: 'acme', ownerId: alice.id });
    const robot = await createRobot(services, { owner: acme, shortName: 'ci' });
    const repository = await createRepository(services, {
      namespaceId: acme.id,
      name: 'app',
      visibility: 'private',
      creator: alice,
    });
    const application = await createOauthApplication(services, { ownerId: acme.id, name: 'ci' });
    const tokens = {
      app: await createAppToken(services, {
        accountId: alice.id,
        title: 'laptop',
        expiresMs: startMs + 60_000,
      }),
      oauth: await createOauthToken(services, {
        application,
        accountId: alice.id,
        scopes: ['repo:read'],
        expiresMs: startMs + 60_000,
      }),
      access: await createAccessToken(services, {
        repository,
        friendlyName: 'deploy',
        role: 'read',
        kind: 'pushpull-token',
        temporary: false,
      }),
    };
    const auth = { engine: openAuthEngine(services, 'database', {}), secretKey };
    const who = (username: string, password: string) =>
      authenticateBasic(services, auth, basic(username, password));
    return { services, clock, alice, acme, robot, repository, tokens, auth, who };
  };

  test('every kind of credential', async () => {
    const { who, alice, acme, robot, repository, tokens } = await setUp();
    const account = { id: alice.id, uuid: alice.uuid, name: 'alice' };
    assert.deepEqual(await who('alice', 'correct-horse'), { kind: 'user', account, superuser: false });
    assert.deepEqual(await who('alice+work@example.com', 'correct-horse'), {
      kind: 'user',
      account,
      superuser: false,
    });
    assert.deepEqual(await who('acme+ci', robot.token), {
      kind: 'robot',
      account: { id: robot.account.id, uuid: robot.account.uuid, name: 'acme+ci' },
      ownerId: acme.id,
    });
    assert.deepEqual(await who('$app', tokens.app.token), {
      kind: 'user',
      account,
      superuser: false,
      appToken: { uuid: tokens.app.uuid, title: 'laptop' },
    });
    assert.partialDeepStrictEqual(await who('$oauthtoken', tokens.oauth.token), {
      kind: 'oauth-token',
      account,
      scopes: ['repo:read'],
      tokenUuid: tokens.oauth.uuid,
    });
    assert.deepEqual(await who('$token', tokens.access.token), {
      kind: 'access-token',
      repositoryId: repository.id,
      role: 'read',
      tokenName: tokens.access.tokenName,
      friendlyName: 'deploy',
    });
  });

  test('what is issued for a credential stands for the same principal', async () => {
    const { services, auth, robot, tokens } = await setUp({ superUsers: ['alice'] });
    const credentials: readonly (readonly [string, string])[] = [
      ['alice', 'correct-horse'],
      ['acme+ci', robot.token],
      ['$app', tokens.app.token],
      ['$oauthtoken', tokens.oauth.token],
      ['$token', tokens.access.token],
    ];
    for (const [username, password] of credentials) {
      const { principal, subject } = await identifyBasic(services, auth, basic(username, password));
      assert.deepEqual(await resolveSubject(services, subject), principal, username);
    }
  });

  test('wrong secrets are refused', async () => {
    const { who, robot, tokens } = await setUp();
    const wrong: readonly (readonly [string, string])[] = [
      ['alice', 'wrong'],
      ['acme+ci', `${robot.token.slice(0, -1)}-`],
      ['acme+ci', ''],
      ['acme+nobody', robot.token],
      ['$app', `${tokens.app.token.slice(0, -1)}-`],
      ['$app', ''],
      ['$oauthtoken', `${tokens.oauth.token.slice(0, -1)}-`],
      ['$oauthtoken', tokens.app.token],
      ['$token', `${tokens.access.token.slice(0, -1)}-`],
      ['$token', tokens.access.tokenName],
      ['$other', 'correct-horse'],
    ];
    for (const [username, password] of wrong) {
      await assert.rejects(
        who(username, password),
        { code: 'invalid_credentials' },
        `${username} ${password}`,
      );
    }
  });

  test('an unreadable header is no credential', async () => {
    const { services, auth } = await setUp();
    for (const header of ['', 'Basic', 'Basic !!', 'Bearer a.b.c']) {
      await assert.rejects(
        authenticateBasic(services, auth, header),
        { code: 'invalid_credentials' },
        header,
      );
    }
  });

  test('tokens end when they expire', async () => {
    const { who, tokens, clock } = await setUp();
    clock.advanceMs(60_000);
    await assert.rejects(who('$app', tokens.app.token), { code: 'invalid_credentials' });
    await assert.rejects(who('$oauthtoken', tokens.oauth.token), { code: 'invalid_credentials' });
  });

  test('disabled accounts and owners are refused with the reason', async () => {
    const { who, services, alice, acme, robot, tokens } = await setUp();
    await setAccountEnabled(services, { accountId: alice.id, enabled: false });
    await setAccountEnabled(services, { accountId: acme.id, enabled: false });
    const disabled = { code: 'account_disabled', message: /disabled/ };
    await assert.rejects(who('alice', 'correct-horse'), disabled);
    await assert.rejects(who('$app', tokens.app.token), disabled);
    await assert.rejects(who('$oauthtoken', tokens.oauth.token), disabled);
    await assert.rejects(who('acme+ci', robot.token), disabled);
  });

  test('app tokens can be switched off', async () => {
    const { who, tokens } = await setUp({ featureAppSpecificTokens: false });
    await assert.rejects(who('$app', tokens.app.token), { code: 'invalid_credentials' });
  });

  test('an encrypted password serves like the password in it', async () => {
    const { who } = await setUp();
    const right = encryptPassword(secretKey, 'correct-horse');
    assert.equal((await who('alice', right)).kind, 'user');
    await assert.rejects(who('alice', encryptPassword(secretKey, 'wrong')), { code: 'invalid_credentials' });
  });

  test('where encrypted passwords are required, plain ones are refused and not counted', async () => {
    const { who, services, robot, tokens } = await setUp({ featureRequireEncryptedBasicAuth: true });
    const plain = { code: 'invalid_credentials', message: /encrypted password/ };
    await assert.rejects(who('alice', 'correct-horse'), plain);
    await assert.rejects(who('alice', encryptPassword(Buffer.alloc(32, 8), 'correct-horse')), plain);
    const account = await findAccountByName(services.database.read, 'alice');
    assert.equal(account?.invalidLoginAttempts, 0);
    assert.equal((await who('alice', encryptPassword(secretKey, 'correct-horse'))).kind, 'user');
    assert.equal((await who('acme+ci', robot.token)).kind, 'robot');
    assert.equal((await who('$app', tokens.app.token)).kind, 'user');
  });

  test('only passwords back off', async () => {
    const { who, robot, tokens } = await setUp();
    for (let i = 0; i < 3; i += 1) {
      await assert.rejects(who('acme+ci', 'wrong'), { code: 'invalid_credentials' });
      await assert.rejects(who('$app', 'wrong'), { code: 'invalid_credentials' });
    }
    assert.equal((await who('acme+ci', robot.token)).kind, 'robot');
    await assert.rejects(who('alice', 'wrong'), { code: 'invalid_credentials' });
    await assert.rejects(who('alice', 'correct-horse'), { code: 'login_throttled', retryAfterSeconds: 1 });
    assert.equal((await who('$app', tokens.app.token)).kind, 'user');
  });

  test('with mailing, an address must be verified first', async () => {
    const { who, services } = await setUp({ featureMailing: true });
    await createUser(services, {
      name: 'carol',
      email: 'carol@example.com',
      password: 'correct-horse',
      verified: false,
    });
    await assert.rejects(who('carol', 'correct-horse'), { code: 'account_disabled', message: /verified/ });
    assert.equal((await who('alice', 'correct-horse')).kind, 'user');
  });
});
