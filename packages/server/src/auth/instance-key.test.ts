import assert from 'node:assert/strict';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Database } from '#/db/database.ts';
import {
  deleteServiceKey,
  findServiceKey,
  listActiveServiceKeys,
  setServiceKeyExpiration,
} from '#/domain/service-keys/index.ts';
import type { DomainSettings } from '#/domain/services.ts';
import { manualClock } from '#/platform/clock.ts';
import { createTestAuthSettings } from '#/testing/auth-fixture.ts';
import { eachDatabase } from '#/testing/databases.ts';
import { createTestServices } from '#/testing/services.ts';
import { openInstanceKey } from './instance-key.ts';

const startMs = Date.UTC(2026, 0, 1);
const minuteMs = 60_000;

eachDatabase('instance key', (open) => {
  const setUp = async (t: TestContext) => {
    const database = await open();
    const clock = manualClock(startMs);
    const { settings, remove } = await createTestAuthSettings();
    t.after(remove);
    const node = (more: Partial<DomainSettings> = {}) =>
      createTestServices({ database, clock, settings: more });
    return { database, clock, settings: settings.instanceKey, services: node(), node };
  };
  const expiryOf = async (database: Database, kid: string) =>
    (await findServiceKey(database.read, { service: 'quay', kid }))?.expiresMs;

  test('the first start makes a key, approves it and keeps it private', async (t) => {
    const { services, settings, database } = await setUp(t);
    const key = await openInstanceKey(services, settings);
    const { kid, privateKey } = key.current();
    assert.match(kid, /^[0-9a-f]{64}$/);
    assert.equal(privateKey.asymmetricKeyDetails?.modulusLength, 2048);
    const row = await findServiceKey(database.read, { service: 'quay', kid });
    assert.equal(row?.approval?.type, 'Automatic');
    assert.equal(row?.expiresMs, startMs + 120 * minuteMs);
    assert.deepEqual(Object.keys(row?.jwk ?? {}).toSorted(), ['e', 'kty', 'n']);
    for (const path of [settings.kidPath, settings.privateKeyPath]) {
      assert.equal((await stat(path)).mode & 0o777, 0o600);
    }
    const names = await readdir(dirname(settings.kidPath));
    assert.deepEqual(names.toSorted(), ['quay.kid', 'quay.pem']);
    assert.match(await readFile(settings.privateKeyPath, 'utf8'), /^-----BEGIN PRIVATE KEY-----/);
  });

  test('a later start takes the key over and extends it', async (t) => {
    const { services, settings, database, clock, node } = await setUp(t);
    const first = await openInstanceKey(services, settings);
    clock.advanceMs(60 * minuteMs);
    const second = await openInstanceKey(node(), settings);
    assert.equal(second.current().kid, first.current().kid);
    assert.equal(await expiryOf(database, second.current().kid), startMs + 180 * minuteMs);
  });

  const replaced: readonly (readonly [
    string,
    (kid: string, set: Awaited<ReturnType<typeof setUp>>) => Promise<void>,
  ])[] = [
    ['expired', async (_, { clock }) => clock.advanceMs(120 * minuteMs)],
    ['deleted', (kid, { services }) => deleteServiceKey(services, { service: 'quay', kid })],
    [
      'ended by an operator',
      (kid, { services }) => setServiceKeyExpiration(services, { service: 'quay', kid, expiresMs: startMs }),
    ],
    ['damaged on disk', (_, { settings }) => writeFile(settings.privateKeyPath, 'not a key')],
    ['under another id on disk', (_, { settings }) => writeFile(settings.kidPath, 'other')],
  ];
  for (const [title, spoil] of replaced) {
    test(`a start replaces a key that is ${title}`, async (t) => {
      const set = await setUp(t);
      const first = await openInstanceKey(set.services, set.settings);
      await spoil(first.current().kid, set);
      const second = await openInstanceKey(set.node(), set.settings);
      assert.notEqual(second.current().kid, first.current().kid);
      const third = await openInstanceKey(set.node(), set.settings);
      assert.equal(third.current().kid, second.current().kid);
    });
  }

  test('a private key that does not belong to the public one is not used', async (t) => {
    const set = await setUp(t);
    const other = await createTestAuthSettings();
    t.after(other.remove);
    const first = await openInstanceKey(set.services, set.settings);
    await openInstanceKey(set.services, other.settings.instanceKey);
    const foreign = await readFile(other.settings.instanceKey.privateKeyPath, 'utf8');
    await writeFile(set.settings.privateKeyPath, foreign);
    const second = await openInstanceKey(set.node(), set.settings);
    assert.notEqual(second.current().kid, first.current().kid);
  });

  test('processes that start together share one key', async (t) => {
    const { settings, database, node } = await setUp(t);
    const keys = await Promise.all([1, 2, 3].map(() => openInstanceKey(node(), settings)));
    assert.equal(new Set(keys.map((key) => key.current().kid)).size, 1);
    const active = await listActiveServiceKeys(database.read, { service: 'quay', nowMs: startMs });
    assert.equal(active.length, 1);
  });

  test('a refresh moves the expiration forward and never back', async (t) => {
    const { services, settings, database, clock } = await setUp(t);
    const key = await openInstanceKey(services, settings);
    const { kid } = key.current();
    clock.advanceMs(55 * minuteMs);
    await key.refresh();
    assert.equal(await expiryOf(database, kid), startMs + 175 * minuteMs);
    await setServiceKeyExpiration(services, { service: 'quay', kid, expiresMs: null });
    await key.refresh();
    assert.equal(await expiryOf(database, kid), null);
    assert.equal(key.current().kid, kid);
  });

  test('a refresh replaces a key that the database no longer has', async (t) => {
    const { services, settings, database } = await setUp(t);
    const key = await openInstanceKey(services, settings);
    const { kid } = key.current();
    await deleteServiceKey(services, { service: 'quay', kid });
    await key.refresh();
    assert.notEqual(key.current().kid, kid);
    assert.equal(await expiryOf(database, key.current().kid), startMs + 120 * minuteMs);
  });

  test('rotation leaves the old key in use until it expires', async (t) => {
    const { services, settings, database } = await setUp(t);
    const key = await openInstanceKey(services, settings);
    const { kid } = key.current();
    await key.rotate();
    assert.notEqual(key.current().kid, kid);
    const active = await listActiveServiceKeys(database.read, { service: 'quay', nowMs: startMs });
    assert.deepEqual(active.map((row) => row.kid).toSorted(), [kid, key.current().kid].toSorted());
    assert.equal((await readFile(settings.kidPath, 'utf8')).trim(), key.current().kid);
  });

  test('a read-only registry uses the key of the files and changes nothing', async (t) => {
    const { services, settings, database, clock, node } = await setUp(t);
    await assert.rejects(openInstanceKey(node({ readOnly: true }), settings), /read-only/);
    assert.deepEqual(await readdir(dirname(settings.kidPath)), []);
    const first = await openInstanceKey(services, settings);
    clock.advanceMs(minuteMs);
    const second = await openInstanceKey(node({ readOnly: true }), settings);
    assert.equal(second.current().kid, first.current().kid);
    await second.refresh();
    assert.equal(await expiryOf(database, first.current().kid), startMs + 120 * minuteMs);
  });
});
