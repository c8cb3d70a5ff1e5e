import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canCreateInitialUser, createUser } from '#/domain/namespaces/index.ts';
import { initializeFirstUser, oauthScopes, verifyOauthToken } from '#/domain/tokens/index.ts';
import { eachDatabase } from '#/testing/databases.ts';
import { createTestServices } from '#/testing/services.ts';

const input = (name: string) => ({
  name,
  password: 'correct-horse',
  email: `${name}@example.com`,
  withAccessToken: true,
  ip: '192.0.2.1',
});

eachDatabase('initializeFirstUser', (open) => {
  test('makes a superuser with a token that has all scopes', async () => {
    const services = createTestServices({ database: await open() });
    assert.equal(await canCreateInitialUser(services), true);
    const { user, accessToken } = await initializeFirstUser(services, input('root'));
    assert.equal(user.superuser, true);
    assert.equal(user.verified, true);
    const principal = await verifyOauthToken(services, accessToken ?? '');
    assert.deepEqual(principal.scopes, oauthScopes);
    assert.equal(principal.superuser, true);
    assert.equal(principal.applicationName, 'automation');
    assert.equal(principal.clientId, 'root');
  });

  test('lets one of two concurrent calls win and leaves nothing of the other', async () => {
    const services = createTestServices({ database: await open() });
    const results = await Promise.allSettled([
      initializeFirstUser(services, input('root')),
      initializeFirstUser(services, input('toor')),
    ]);
    assert.deepEqual(results.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
    assert.equal(results.find((result) => result.status === 'rejected')?.reason.code, 'invalid_request');
    for (const table of ['accounts', 'oauth_applications', 'oauth_access_tokens'] as const) {
      const rows = await services.database.read.selectFrom(table).select('id').execute();
      assert.equal(rows.length, 1, table);
    }
  });

  test('is closed for ever once there was a user', async () => {
    const services = createTestServices({ database: await open() });
    const alice = await createUser(services, { name: 'alice' });
    await assert.rejects(initializeFirstUser(services, input('root')), { code: 'invalid_request' });
    await services.database.transaction(async (db) => {
      await db.deleteFrom('accounts').where('id', '=', alice.id).execute();
    });
    assert.equal(await canCreateInitialUser(services), false);
    await assert.rejects(initializeFirstUser(services, input('root')), { code: 'invalid_request' });
  });

  test('a refused password leaves it open', async () => {
    const services = createTestServices({ database: await open() });
    const refused = initializeFirstUser(services, { ...input('root'), password: 'short' });
    await assert.rejects(refused, { code: 'invalid_request' });
    assert.equal(await canCreateInitialUser(services), true);
    const { accessToken } = await initializeFirstUser(services, { ...input('root'), withAccessToken: false });
    assert.equal(accessToken, undefined);
  });
});
