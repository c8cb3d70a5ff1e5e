import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Database } from '#/db/database.ts';
import { createOrganization, createUser } from '#/domain/namespaces/index.ts';
import {
  createApplicationToken,
  createOauthApplication,
  createOauthToken,
  deleteApplicationToken,
  deleteOauthApplication,
  findApplicationByClientId,
  getOauthApplication,
  listApplicationTokens,
  listOauthApplications,
  resetOauthApplicationSecret,
  updateOauthApplication,
  verifyOauthToken,
} from '#/domain/tokens/index.ts';
import { manualClock } from '#/platform/clock.ts';
import { eachDatabase } from '#/testing/databases.ts';
import { createTestServices } from '#/testing/services.ts';

async function buildWorld(database: Database) {
  const clock = manualClock(1_700_000_000_000);
  const services = createTestServices({ database, clock });
  const alice = await createUser(services, { name: 'alice' });
  const acme = await createOrganization(services, { name: 'acme', ownerId: alice.id });
  const rival = await createOrganization(services, { name: 'rival', ownerId: alice.id });
  const application = await createOauthApplication(services, {
    ownerId: acme.id,
    name: 'portal',
    redirectUri: 'https://portal.example/back',
  });
  const make = (title: string, more: { lifeSeconds?: number; maximumCount?: number } = {}) =>
    createApplicationToken(services, {
      application,
      accountId: alice.id,
      title,
      scopes: ['repo:read'],
      maximumCount: undefined,
      authMethod: 'session',
      ...more,
    });
  return { services, clock, alice, acme, rival, application, make };
}

eachDatabase('applications', (open) => {
  test('are read, changed and deleted inside their owner only', async () => {
    const { services, acme, rival, application } = await buildWorld(await open());
    const { clientId } = application;
    assert.deepEqual(await getOauthApplication(services, acme.id, clientId), application);
    assert.deepEqual(await listOauthApplications(services, acme.id), [application]);
    assert.deepEqual(await listOauthApplications(services, rival.id), []);
    const change = {
      name: 'gate',
      redirectUri: '',
      applicationUri: 'https://gate.example',
      description: 'the gate',
      avatarEmail: null,
    };
    const foreign = { ownerId: rival.id, clientId };
    for (const refused of [
      () => getOauthApplication(services, rival.id, clientId),
      () => updateOauthApplication(services, { ...foreign, ...change }),
      () => resetOauthApplicationSecret(services, foreign),
      () => deleteOauthApplication(services, foreign),
    ]) {
      await assert.rejects(refused(), { code: 'not_found' });
    }
    const own = { ownerId: acme.id, clientId };
    const changed = await updateOauthApplication(services, { ...own, ...change });
    assert.deepEqual(changed, { ...application, ...change });
    const reset = await resetOauthApplicationSecret(services, own);
    assert.notEqual(reset.clientSecret, application.clientSecret);
    assert.deepEqual(await getOauthApplication(services, acme.id, clientId), reset);
    const { clientSecret: _, ...known } = reset;
    assert.deepEqual(await findApplicationByClientId(services.database.read, clientId), known);
    await deleteOauthApplication(services, own);
    assert.equal(await findApplicationByClientId(services.database.read, clientId), undefined);
  });

  test('have reasonable fields', async () => {
    const { services, acme } = await buildWorld(await open());
    for (const fields of [
      { name: '' },
      { name: 'x'.repeat(256) },
      { name: '__quay_bootstrap_app' },
      { name: 'x', redirectUri: 'x'.repeat(10_001) },
      { name: 'x', avatarEmail: 'x'.repeat(256) },
    ]) {
      const refused = createOauthApplication(services, { ownerId: acme.id, ...fields });
      await assert.rejects(refused, { code: 'invalid_request' });
    }
  });
});

eachDatabase('tokens of applications', (open) => {
  test('are listed newest first while they live', async () => {
    const { services, clock, alice, application, make } = await buildWorld(await open());
    await make('short', { lifeSeconds: 60 });
    await make('long');
    await createOauthToken(services, { application, accountId: alice.id, scopes: ['org:admin'] });
    const list = (before: number | undefined, limit = 10) =>
      listApplicationTokens(services.database.read, application.id, {
        nowMs: clock.nowMs(),
        before,
        limit,
      });
    const titles = async (before?: number, limit?: number) =>
      (await list(before, limit)).map(({ title, accountName, scope }) => [title, accountName, scope]);
    assert.deepEqual(await titles(), [
      [null, 'alice', 'org:admin'],
      ['long', 'alice', 'repo:read'],
      ['short', 'alice', 'repo:read'],
    ]);
    const [newest] = await list(undefined, 1);
    assert.deepEqual(await titles(newest?.id, 1), [['long', 'alice', 'repo:read']]);
    clock.advanceMs(60_000);
    assert.deepEqual(await titles(newest?.id), [['long', 'alice', 'repo:read']]);
  });

  test('end when deleted, and with their application, and belong to it', async () => {
    const { services, acme, rival, application, make } = await buildWorld(await open());
    const other = await createOauthApplication(services, { ownerId: acme.id, name: 'other' });
    const first = await make('first');
    const second = await make('second');
    const remove = (ownerId: number, clientId: string, uuid: string) =>
      deleteApplicationToken(services, { ownerId, clientId, uuid });
    await assert.rejects(remove(rival.id, application.clientId, first.uuid), { code: 'not_found' });
    await assert.rejects(remove(acme.id, other.clientId, first.uuid), { code: 'not_found' });
    await verifyOauthToken(services, first.token);
    await remove(acme.id, application.clientId, first.uuid);
    await assert.rejects(verifyOauthToken(services, first.token), { code: 'invalid_credentials' });
    await verifyOauthToken(services, second.token);
    await deleteOauthApplication(services, { ownerId: acme.id, clientId: application.clientId });
    await assert.rejects(verifyOauthToken(services, second.token), { code: 'invalid_credentials' });
  });

  test('are limited in number, also when made at once, and in life', async () => {
    const { make } = await buildWorld(await open());
    const limited = () => make('limited', { maximumCount: 1 });
    const results = await Promise.allSettled([limited(), limited()]);
    assert.deepEqual(results.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
    assert.equal(results.find((result) => result.status === 'rejected')?.reason.code, 'invalid_request');
    const tenYears = await make('ages', { lifeSeconds: 9e9 });
    assert.equal(tenYears.expiresMs - tenYears.createdMs, 315_576_000_000);
    for (const refused of [make(' '), make('x'.repeat(256)), make('x', { lifeSeconds: 0 })]) {
      await assert.rejects(refused, { code: 'invalid_request' });
    }
  });
});
