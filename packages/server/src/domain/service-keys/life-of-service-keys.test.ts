import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createUser, setAccountEnabled } from '#/domain/namespaces/index.ts';
import { listUserNotifications } from '#/domain/user-notifications/index.ts';
import { manualClock } from '#/platform/clock.ts';
import { eachDatabase } from '#/testing/databases.ts';
import { createTestServices } from '#/testing/services.ts';
import {
  approveServiceKey,
  cleanServiceKeys,
  createServiceKey,
  deleteServiceKey,
  findServiceKeyById,
  listServiceKeys,
  rotateServiceKey,
  updateServiceKey,
} from './index.ts';

const startMs = Date.UTC(2026, 0, 1);
const retention = { unapprovedKeyLifeSeconds: 86_400, expiredKeyLifeSeconds: 604_800 };
const automatic = { type: 'Automatic', approverId: null, notes: '' } as const;
const jwk = { kty: 'RSA', n: 'AQAB', e: 'AQAB' };
const audit = { performer: { accountId: null, ip: '192.0.2.1', metadata: {} } };
const mostWaitingKeys = 500;

eachDatabase('the life of service keys', (open) => {
  async function setUp() {
    const clock = manualClock(startMs);
    const services = createTestServices({
      database: await open(),
      clock,
      settings: { superUsers: ['named', 'disabled'] },
    });
    const person = (name: string, superuser = false) => createUser(services, { name, superuser });
    const people = {
      marked: await person('marked', true),
      named: await person('named'),
      disabled: await person('disabled'),
      hugo: await person('hugo'),
    };
    await setAccountEnabled(services, { accountId: people.disabled.id, enabled: false });
    const create = (kid: string, more: Partial<Parameters<typeof createServiceKey>[1]> = {}) =>
      createServiceKey(services, {
        kid,
        service: 'scanner',
        jwk,
        expiresMs: null,
        retention,
        audit,
        ...more,
      });
    const asked = async (accountId: number) =>
      (await listUserNotifications(services, { accountId, page: 0, limit: 9 })).notifications.map(
        ({ metadata }) => (metadata as { kid: string }).kid,
      );
    const kids = async () => (await listServiceKeys(services.database.read)).map(({ kid }) => kid);
    const rotate = (signerKid: string, kid: string) =>
      rotateServiceKey(services, {
        service: 'scanner',
        signerKid,
        kid,
        jwk,
        expiresMs: startMs + 1000,
        metadata: { created_by: 'Key Rotation' },
        retention,
        audit,
      });
    return { services, clock, people, create, asked, kids, rotate };
  }

  test('every enabled superuser is asked about a waiting key, until somebody decides', async () => {
    const { services, people, create, asked } = await setUp();
    await create('k1');
    await create('k2');
    await create('k'.repeat(255));
    await create('approved', { approval: automatic });
    const all = ['k'.repeat(255), 'k2', 'k1'];
    assert.deepEqual(await asked(people.marked.id), all);
    assert.deepEqual(await asked(people.named.id), all);
    assert.deepEqual([await asked(people.disabled.id), await asked(people.hugo.id)], [[], []]);
    await approveServiceKey(services, { kid: 'k1', approval: automatic, audit });
    await deleteServiceKey(services, { kid: 'k'.repeat(255), audit });
    assert.deepEqual(await asked(people.named.id), ['k2']);
  });

  test('a rotated key takes over what the old one was, once', async () => {
    const { services, clock, create, kids, rotate } = await setUp();
    const old = await create('old', {
      name: 'first',
      metadata: { a: 1, created_by: 'somebody' },
      rotationDurationSeconds: 60,
      approval: { ...automatic, notes: 'n' },
    });
    clock.advanceMs(500);
    await rotate('old', 'new');
    assert.deepEqual(await kids(), ['new']);
    const found = await findServiceKeyById(services.database.read, 'new');
    assert.deepEqual(found, {
      ...old,
      id: found?.id,
      kid: 'new',
      createdMs: startMs + 500,
      expiresMs: startMs + 1000,
      metadata: { a: 1, created_by: 'Key Rotation' },
    });
    await assert.rejects(rotate('old', 'newer'), { code: 'not_found' });
    await create('other', { service: 'other' });
    await assert.rejects(rotate('new', 'other'), { code: 'already_exists' });
    await assert.rejects(rotate('other', 'newer'), { code: 'not_found' });
    clock.advanceMs(500);
    await assert.rejects(rotate('new', 'newer'), { code: 'not_found' });
    assert.deepEqual(await kids(), ['new', 'other']);
  });

  test('of two rotations with one key, one counts', async () => {
    const { create, kids, rotate } = await setUp();
    await create('old', { approval: automatic });
    const results = await Promise.allSettled([rotate('old', 'a'), rotate('old', 'b')]);
    assert.deepEqual(results.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
    assert.equal((await kids()).length, 1);
  });

  test('an update changes what is given', async () => {
    const { services, create } = await setUp();
    await create('k1', { name: 'first', metadata: { a: 1 } });
    const renamed = await updateServiceKey(services, { kid: 'k1', name: 'second', audit });
    assert.deepEqual([renamed.name, renamed.metadata, renamed.expiresMs], ['second', { a: 1 }, null]);
    const ended = await updateServiceKey(services, { kid: 'k1', expiresMs: startMs + 1, audit });
    assert.deepEqual(await findServiceKeyById(services.database.read, 'k1'), ended);
    const wrong = { kid: 'k1', audit };
    await assert.rejects(updateServiceKey(services, { ...wrong, expiresMs: startMs }), {
      code: 'invalid_request',
    });
    await assert.rejects(updateServiceKey(services, { ...wrong, name: '<b>' }), { code: 'invalid_request' });
    await assert.rejects(updateServiceKey(services, { kid: 'k2', name: 'x', audit }), { code: 'not_found' });
  });

  test('what is stale goes, of every service, with what superusers were asked', async () => {
    const { services, clock, people, create, asked, kids } = await setUp();
    for (let number = 0; number < 120; number += 1) await create(`w${number}`, { service: `s${number}` });
    await create('kept', { approval: automatic });
    assert.equal(await cleanServiceKeys(services, { retention }), 0);
    clock.advanceMs(86_400_001);
    assert.equal(await cleanServiceKeys(services, { retention }), 120);
    assert.deepEqual([await kids(), await asked(people.named.id)], [['kept'], []]);
  });

  test('the number of keys that wait has a bound', async () => {
    const { services, create } = await setUp();
    await services.database.transaction(async (db) => {
      const rows = Array.from({ length: mostWaitingKeys }, (_, number) => ({
        kid: `w${number}`,
        name: '',
        service: 'scanner',
        jwk_json: '{}',
        metadata_json: '{}',
        created_ms: startMs,
        expires_ms: null,
        rotation_duration_s: null,
        approval_type: null,
        approver_id: null,
        approved_ms: null,
        approval_notes: '',
      }));
      for (let start = 0; start < rows.length; start += 50)
        await db
          .insertInto('service_keys')
          .values(rows.slice(start, start + 50))
          .execute();
    });
    await assert.rejects(create('one-more'), { code: 'overloaded' });
    assert.equal(await findServiceKeyById(services.database.read, 'one-more'), undefined);
    await create('approved', { approval: automatic });
  });
});
