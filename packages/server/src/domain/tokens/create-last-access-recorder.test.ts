import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createUser, getAccount } from '#/domain/namespaces/index.ts';
import {
  createAppToken,
  createLastAccessRecorder,
  createOauthApplication,
  createOauthToken,
  listAppTokens,
  verifyAppToken,
  verifyOauthToken,
} from '#/domain/tokens/index.ts';
import { manualClock } from '#/platform/clock.ts';
import { eachDatabase } from '#/testing/databases.ts';
import { createTestServices } from '#/testing/services.ts';

const startMs = 1_700_000_000_000;

eachDatabase('createLastAccessRecorder', (open) => {
  test('writes account and token together, and again only after the threshold', async () => {
    const clock = manualClock(startMs);
    const services = createTestServices({ database: await open(), clock });
    const alice = await createUser(services, { name: 'alice' });
    const { token } = await createAppToken(services, { accountId: alice.id, title: 'laptop' });
    const principal = await verifyAppToken(services, token);
    const read = async () => [
      (await getAccount(services.database.read, alice.id)).lastAccessedMs,
      (await listAppTokens(services.database.read, alice.id))[0]?.lastAccessedMs,
    ];
    const recordOnce = async () => {
      const recorder = createLastAccessRecorder(services);
      recorder.record({ kind: 'anonymous' });
      recorder.record(principal);
      recorder.record(principal);
      await recorder.close();
    };
    await recordOnce();
    assert.deepEqual(await read(), [startMs, startMs]);
    // Another node, which remembers nothing, leaves a fresh instant alone too.
    clock.advanceMs(59_999);
    await recordOnce();
    assert.deepEqual(await read(), [startMs, startMs]);
    clock.advanceMs(1);
    await recordOnce();
    assert.deepEqual(await read(), [startMs + 60_000, startMs + 60_000]);
  });

  test('OAuth tokens have a threshold of their own', async () => {
    const clock = manualClock(startMs);
    const services = createTestServices({
      database: await open(),
      clock,
      settings: { oauthTokenUpdateThresholdSeconds: 600 },
    });
    const alice = await createUser(services, { name: 'alice' });
    const application = await createOauthApplication(services, {
      ownerId: alice.id,
      name: 'app',
    });
    const { token } = await createOauthToken(services, {
      application,
      accountId: alice.id,
      scopes: ['repo:read'],
    });
    const principal = await verifyOauthToken(services, token);
    const lastMs = async () => {
      const rows = await services.database.read
        .selectFrom('oauth_access_tokens')
        .select('last_accessed_ms')
        .execute();
      return [rows[0]?.last_accessed_ms, (await getAccount(services.database.read, alice.id)).lastAccessedMs];
    };
    const recorder = createLastAccessRecorder(services);
    const seen: unknown[] = [];
    for (const afterMs of [0, 60_000, 540_000]) {
      clock.advanceMs(afterMs);
      recorder.record(principal);
      await recorder.close();
      seen.push(await lastMs());
    }
    const [first, second, third] = [startMs, startMs + 60_000, startMs + 600_000];
    assert.deepEqual(seen, [
      [first, first],
      [first, second],
      [third, third],
    ]);
  });

  for (const settings of [{ featureUserLastAccessed: false }, { readOnly: true }]) {
    test(`writes nothing with ${JSON.stringify(settings)}`, async () => {
      const services = createTestServices({ database: await open(), settings });
      const alice = await createUser(services, { name: 'alice' });
      const recorder = createLastAccessRecorder(services);
      recorder.record({ kind: 'user', account: alice, superuser: false });
      await recorder.close();
      assert.equal((await getAccount(services.database.read, alice.id)).lastAccessedMs, null);
    });
  }
});
