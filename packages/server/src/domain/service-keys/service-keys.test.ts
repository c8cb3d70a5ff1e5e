import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Services } from '#/domain/services.ts';
import { manualClock } from '#/platform/clock.ts';
import { eachDatabase } from '#/testing/databases.ts';
import { createTestServices } from '#/testing/services.ts';
import {
  approveServiceKey,
  createServiceKey,
  deleteServiceKey,
  findServiceKey,
  listActiveServiceKeys,
  setServiceKeyExpiration,
} from './index.ts';

const startMs = Date.UTC(2026, 0, 1);
const retention = { unapprovedKeyLifeSeconds: 86_400, expiredKeyLifeSeconds: 604_800 };
const automatic = { type: 'Automatic', approverId: null, notes: '' } as const;
const jwk = { kty: 'RSA', n: 'AQAB', e: 'AQAB' };

eachDatabase('service keys', (open) => {
  const setUp = async () => {
    const clock = manualClock(startMs);
    const services = createTestServices({ database: await open(), clock });
    let events = 0;
    services.events.subscribe((event) => {
      if (event.kind === 'service-keys-changed') events += 1;
    });
    return { services, clock, eventCount: () => events };
  };
  const create = (
    services: Services,
    kid: string,
    more: Partial<Parameters<typeof createServiceKey>[1]> = {},
  ) => createServiceKey(services, { kid, service: 'quay', jwk, expiresMs: null, retention, ...more });
  const activeKids = async (services: Services, service = 'quay') => {
    const keys = await listActiveServiceKeys(services.database.read, {
      service,
      nowMs: services.clock.nowMs(),
    });
    return keys.map((key) => key.kid);
  };

  test('a key comes back as it was stored', async () => {
    const { services } = await setUp();
    const made = await create(services, 'k1', {
      name: 'first',
      metadata: { ip: '192.0.2.1' },
      expiresMs: startMs + 60_000,
      rotationDurationSeconds: 3600,
      approval: { ...automatic, notes: 'by hand' },
    });
    const found = await findServiceKey(services.database.read, { service: 'quay', kid: 'k1' });
    assert.deepEqual(found, made);
    assert.deepEqual(found?.jwk, jwk);
    assert.deepEqual(found?.approval, { ...automatic, notes: 'by hand', approvedMs: startMs });
  });

  test('only approved keys of the service that have not expired are active', async () => {
    const { services, clock } = await setUp();
    await create(services, 'for-ever', { approval: automatic });
    await create(services, 'short', { approval: automatic, expiresMs: startMs + 1000 });
    await create(services, 'waiting');
    await create(services, 'foreign', { approval: automatic, service: 'security_scanner' });
    assert.deepEqual(await activeKids(services), ['for-ever', 'short']);
    clock.advanceMs(1000);
    assert.deepEqual(await activeKids(services), ['for-ever']);
    assert.deepEqual(await activeKids(services, 'security_scanner'), ['foreign']);
  });

  test('a key is found under its own service only, byte by byte', async () => {
    const { services } = await setUp();
    await create(services, 'K1');
    const { read } = services.database;
    assert.equal(await findServiceKey(read, { service: 'scanner', kid: 'K1' }), undefined);
    assert.equal(await findServiceKey(read, { service: 'quay', kid: 'k1' }), undefined);
  });

  test('key ids are unique across services', async () => {
    const { services } = await setUp();
    await create(services, 'k1');
    await assert.rejects(create(services, 'k1', { service: 'scanner' }), { code: 'already_exists' });
  });

  test('a service name has lower-case letters, digits and underscores', async () => {
    const { services } = await setUp();
    await assert.rejects(create(services, 'k1', { service: 'Bad-Name' }), { code: 'invalid_request' });
  });

  test('approval puts a key into use once', async () => {
    const { services, clock, eventCount } = await setUp();
    await create(services, 'k1');
    const approve = () => approveServiceKey(services, { kid: 'k1', approval: { ...automatic, notes: 'ok' } });
    await approve();
    clock.advanceMs(5000);
    await approve();
    const found = await findServiceKey(services.database.read, { service: 'quay', kid: 'k1' });
    assert.equal(found?.approval?.approvedMs, startMs);
    assert.deepEqual(await activeKids(services), ['k1']);
    assert.equal(eventCount(), 3);
    const missing = { kid: 'k2', approval: automatic };
    await assert.rejects(approveServiceKey(services, missing), { code: 'not_found' });
  });

  test('a life can be extended and ended', async () => {
    const { services, clock } = await setUp();
    await create(services, 'k1', { approval: automatic, expiresMs: startMs + 1000 });
    const set = (expiresMs: number | null, kid = 'k1') =>
      setServiceKeyExpiration(services, { service: 'quay', kid, expiresMs });
    await set(startMs + 10_000);
    clock.advanceMs(5000);
    assert.deepEqual(await activeKids(services), ['k1']);
    await set(clock.nowMs());
    assert.deepEqual(await activeKids(services), []);
    await set(null);
    assert.deepEqual(await activeKids(services), ['k1']);
    await assert.rejects(set(null, 'k2'), { code: 'not_found' });
  });

  test('a deleted key is gone', async () => {
    const { services } = await setUp();
    await create(services, 'k1', { approval: automatic });
    await assert.rejects(deleteServiceKey(services, { service: 'scanner', kid: 'k1' }), {
      code: 'not_found',
    });
    await deleteServiceKey(services, { service: 'quay', kid: 'k1' });
    assert.deepEqual(await activeKids(services), []);
    await assert.rejects(deleteServiceKey(services, { service: 'quay', kid: 'k1' }), { code: 'not_found' });
  });

  test('creation clears what is stale in its service', async () => {
    const { services, clock } = await setUp();
    const exists = async (kid: string, service = 'quay') =>
      (await findServiceKey(services.database.read, { service, kid })) !== undefined;
    await create(services, 'expired', { approval: automatic, expiresMs: startMs + 1000 });
    await create(services, 'waiting');
    await create(services, 'waiting-expired', { expiresMs: startMs + 1000 });
    await create(services, 'other', { service: 'scanner' });
    clock.advanceMs(86_400_000);
    await create(services, 'k1', { approval: automatic });
    assert.deepEqual(
      [await exists('expired'), await exists('waiting'), await exists('waiting-expired')],
      [true, true, false],
    );
    clock.advanceMs(1);
    await create(services, 'k2', { approval: automatic });
    assert.deepEqual([await exists('expired'), await exists('waiting')], [true, false]);
    clock.advanceMs(604_800_000);
    await create(services, 'k3', { approval: automatic });
    assert.deepEqual([await exists('expired'), await exists('k1'), await exists('k3')], [false, true, true]);
    assert.equal(await exists('other', 'scanner'), true);
  });
});
