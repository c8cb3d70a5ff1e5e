import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Database } from '#/db/database.ts';
import {
  type Account,
  convertToOrganization,
  createRobot,
  createUser,
  deleteRobot,
  regenerateRobotToken,
  setAccountEnabled,
  setSuperuser,
} from '#/domain/namespaces/index.ts';
import { createRepository, type RepositoryReference } from '#/domain/repositories/index.ts';
import type { Services } from '#/domain/services.ts';
import {
  createAccessToken,
  createAppToken,
  createOauthApplication,
  createOauthToken,
  findAppToken,
  findAppTokenPrincipal,
  findOauthTokenPrincipal,
  listAppTokens,
  revokeAccessToken,
  revokeAppToken,
  revokeOauthToken,
  verifyAccessToken,
  verifyAppToken,
  verifyOauthToken,
  verifyRobotToken,
} from '#/domain/tokens/index.ts';
import { manualClock } from '#/platform/clock.ts';
import { eachDatabase } from '#/testing/databases.ts';
import { createTestServices } from '#/testing/services.ts';

interface World {
  readonly services: Services;
  readonly clock: ReturnType<typeof manualClock>;
  readonly alice: Account;
  readonly repository: RepositoryReference;
}

async function buildWorld(database: Database, settings: Partial<Services['settings']> = {}): Promise<World> {
  const clock = manualClock(1_700_000_000_000);
  const services = createTestServices({ database, settings, clock });
  const alice = await createUser(services, { name: 'alice' });
  const repository = await createRepository(services, {
    namespaceId: alice.id,
    name: 'app',
    visibility: 'private',
    creator: alice,
  });
  return { services, clock, alice, repository };
}

/** Texts that are no valid token though they come close to one. */
function spoiled(token: string): string[] {
  const last = token.at(-1) === 'A' ? 'B' : 'A';
  return ['', token.slice(0, -1), `${token}A`, token.slice(0, -1) + last, token.toLowerCase(), ` ${token}`];
}

eachDatabase('app tokens', (open) => {
  test('stand for their person until they expire or are revoked', async () => {
    const { services, clock, alice } = await buildWorld(await open());
    const expiresMs = clock.nowMs() + 1000;
    const { token, uuid } = await createAppToken(services, {
      accountId: alice.id,
      title: 'laptop',
      expiresMs,
    });
    assert.equal(token.length, 120);
    const principal = await verifyAppToken(services, token);
    assert.deepEqual(principal, {
      kind: 'user',
      account: { id: alice.id, uuid: alice.uuid, name: 'alice' },
      superuser: false,
      appToken: { uuid, title: 'laptop' },
    });
    for (const wrong of spoiled(token)) {
      await assert.rejects(verifyAppToken(services, wrong), { code: 'invalid_credentials' }, wrong);
    }
    clock.advanceMs(999);
    await verifyAppToken(services, token);
    clock.advanceMs(1);
    await assert.rejects(verifyAppToken(services, token), { code: 'invalid_credentials' });
    const second = await createAppToken(services, { accountId: alice.id, title: 'phone' });
    assert.equal(second.expiresMs, null);
    await revokeAppToken(services, { accountId: alice.id, uuid: second.uuid });
    await assert.rejects(verifyAppToken(services, second.token), { code: 'invalid_credentials' });
  });

  test('belong to their person only', async () => {
    const { services, alice } = await buildWorld(await open());
    const bob = await createUser(services, { name: 'bob' });
    const { uuid, token } = await createAppToken(services, { accountId: alice.id, title: 'laptop' });
    assert.equal((await findAppToken(services, alice.id, uuid))?.token, token);
    assert.equal(await findAppToken(services, bob.id, uuid), undefined);
    await assert.rejects(revokeAppToken(services, { accountId: bob.id, uuid }), { code: 'not_found' });
    const listed = await listAppTokens(services.database.read, alice.id);
    assert.deepEqual(
      listed.map(({ title }) => title),
      ['laptop'],
    );
    assert.deepEqual(await listAppTokens(services.database.read, bob.id), []);
  });

  test('need the feature and an enabled person, and take the configured lifetime', async () => {
    const { services, clock, alice } = await buildWorld(await open(), {
      appSpecificTokenExpirationSeconds: 60,
    });
    const { token, expiresMs } = await createAppToken(services, { accountId: alice.id, title: 'laptop' });
    assert.equal(expiresMs, clock.nowMs() + 60_000);
    const without = { ...services, settings: { ...services.settings, featureAppSpecificTokens: false } };
    await assert.rejects(verifyAppToken(without, token), { code: 'invalid_credentials' });
    await setAccountEnabled(services, { accountId: alice.id, enabled: false });
    await assert.rejects(verifyAppToken(services, token), { code: 'account_disabled' });
  });
});

eachDatabase('OAuth tokens', (open) => {
  test('stand for the granter within their scopes until they expire', async () => {
    const { services, clock, alice } = await buildWorld(await open());
    await setSuperuser(services, { accountId: alice.id, superuser: true });
    const application = await createOauthApplication(services, { ownerId: alice.id, name: 'ci' });
    const { token, uuid, expiresMs } = await createOauthToken(services, {
      application,
      accountId: alice.id,
      scopes: ['repo:read', 'super:user'],
    });
    assert.equal(token.length, 40);
    assert.deepEqual(await verifyOauthToken(services, token), {
      kind: 'oauth-token',
      account: { id: alice.id, uuid: alice.uuid, name: 'alice' },
      superuser: true,
      scopes: ['repo:read', 'super:user'],
      tokenUuid: uuid,
      applicationName: 'ci',
      clientId: application.clientId,
    });
    for (const wrong of spoiled(token)) {
      await assert.rejects(verifyOauthToken(services, wrong), { code: 'invalid_credentials' }, wrong);
    }
    clock.advanceMs(expiresMs - clock.nowMs());
    await assert.rejects(verifyOauthToken(services, token), { message: 'OAuth access token has expired.' });
  });

  test('end with their granter and their revocation, and verify in bcrypt form too', async () => {
    const { services, alice } = await buildWorld(await open());
    const application = await createOauthApplication(services, { ownerId: alice.id, name: 'ci' });
    const grant = { application, accountId: alice.id, scopes: ['repo:read'] } as const;
    const { token, uuid } = await createOauthToken(services, grant);
    const tokenHash = await services.passwordHasher.hash(token.slice(20));
    await services.database.transaction(async (db) => {
      await db
        .updateTable('oauth_access_tokens')
        .set({ token_hash: tokenHash })
        .where('uuid', '=', uuid)
        .execute();
    });
    await verifyOauthToken(services, token);
    await assert.rejects(verifyOauthToken(services, `${token.slice(0, -1)}a`), {
      code: 'invalid_credentials',
    });
    await setAccountEnabled(services, { accountId: alice.id, enabled: false });
    await assert.rejects(verifyOauthToken(services, token), { code: 'account_disabled' });
    await setAccountEnabled(services, { accountId: alice.id, enabled: true });
    await assert.rejects(revokeOauthToken(services, { accountId: alice.id + 1, uuid }), {
      code: 'not_found',
    });
    await revokeOauthToken(services, { accountId: alice.id, uuid });
    await assert.rejects(verifyOauthToken(services, token), { code: 'invalid_credentials' });
  });
});

eachDatabase('tokens of a person', (open) => {
  test('give nobody rights once the person is an organization', async () => {
    const { services, alice } = await buildWorld(await open());
    const bob = await createUser(services, { name: 'bob' });
    const application = await createOauthApplication(services, { ownerId: bob.id, name: 'ci' });
    const grant = { application, accountId: alice.id, scopes: ['org:admin'] } as const;
    const bearer = await createOauthToken(services, grant);
    const password = await createAppToken(services, { accountId: alice.id, title: 'laptop' });
    assert.notEqual(await findAppTokenPrincipal(services, password.uuid), undefined);
    assert.notEqual(await findOauthTokenPrincipal(services, bearer.uuid), undefined);
    await convertToOrganization(services, {
      accountId: alice.id,
      administratorId: bob.id,
      forgetPerson: async () => undefined,
    });
    await assert.rejects(verifyOauthToken(services, bearer.token), { code: 'invalid_credentials' });
    await assert.rejects(verifyAppToken(services, password.token), { code: 'invalid_credentials' });
    assert.equal(await findAppTokenPrincipal(services, password.uuid), undefined);
    assert.equal(await findOauthTokenPrincipal(services, bearer.uuid), undefined);
  });
});

eachDatabase('access tokens', (open) => {
  test('stand for a role on one repository until they are revoked', async () => {
    const { services, repository } = await buildWorld(await open());
    const { token, tokenName } = await createAccessToken(services, {
      repository,
      friendlyName: 'deploy',
      role: 'write',
      kind: 'pushpull-token',
      temporary: false,
    });
    assert.equal(token.length, 64);
    assert.deepEqual(await verifyAccessToken(services, token), {
      kind: 'access-token',
      repositoryId: repository.id,
      role: 'write',
      tokenName,
      friendlyName: 'deploy',
    });
    for (const wrong of [...spoiled(token), tokenName]) {
      await assert.rejects(verifyAccessToken(services, wrong), { code: 'invalid_credentials' }, wrong);
    }
    const foreign = revokeAccessToken(services, { repositoryId: repository.id + 1, tokenName });
    await assert.rejects(foreign, { code: 'not_found' });
    await revokeAccessToken(services, { repositoryId: repository.id, tokenName });
    await assert.rejects(verifyAccessToken(services, token), { code: 'invalid_credentials' });
  });
});

eachDatabase('robot tokens', (open) => {
  test('stand for the robot until it or its owner goes or the token changes', async () => {
    const { services, alice } = await buildWorld(await open());
    const { token, account } = await createRobot(services, { owner: alice, shortName: 'ci' });
    assert.equal(token.length, 64);
    assert.deepEqual(await verifyRobotToken(services, 'alice+ci', token), {
      kind: 'robot',
      account: { id: account.id, uuid: account.uuid, name: 'alice+ci' },
      ownerId: alice.id,
    });
    for (const wrong of spoiled(token)) {
      await assert.rejects(
        verifyRobotToken(services, 'alice+ci', wrong),
        { code: 'invalid_credentials' },
        wrong,
      );
    }
    await assert.rejects(verifyRobotToken(services, 'alice+other', token), { code: 'invalid_credentials' });
    await assert.rejects(verifyRobotToken(services, 'alice', token), { code: 'invalid_credentials' });

    await setAccountEnabled(services, { accountId: account.id, enabled: false });
    await assert.rejects(verifyRobotToken(services, 'alice+ci', token), { code: 'account_disabled' });
    await setAccountEnabled(services, { accountId: account.id, enabled: true });
    await setAccountEnabled(services, { accountId: alice.id, enabled: false });
    await assert.rejects(verifyRobotToken(services, 'alice+ci', token), { code: 'account_disabled' });
    await setAccountEnabled(services, { accountId: alice.id, enabled: true });

    const { token: next } = await regenerateRobotToken(services, { owner: alice, shortName: 'ci' });
    await assert.rejects(verifyRobotToken(services, 'alice+ci', token), { code: 'invalid_credentials' });
    await verifyRobotToken(services, 'alice+ci', next);
    await deleteRobot(services, { owner: alice, shortName: 'ci' });
    await assert.rejects(verifyRobotToken(services, 'alice+ci', next), { code: 'invalid_credentials' });
  });
});
