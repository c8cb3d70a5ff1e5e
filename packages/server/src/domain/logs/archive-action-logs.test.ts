import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import type { Database } from '#/db/database.ts';
import { archiveActionLogs } from '#/domain/logs/index.ts';
import type { Services } from '#/domain/services.ts';
import type { StorageDriver } from '#/storage/driver.ts';
import { createMemoryDriver, type MemoryStore } from '#/storage/drivers/memory.ts';
import { eachDatabase } from '#/testing/databases.ts';
import { createTestServices } from '#/testing/services.ts';
import { logKindNumber, logKinds } from './log-kind.ts';

const startMs = Date.UTC(2026, 0, 10, 1, 2, 3, 4);

async function fill(services: Services, count: number, options: { from?: number; atMs?: number } = {}) {
  const { from = 0, atMs = startMs } = options;
  const rows = Array.from({ length: count }, (_, i) => ({
    uuid: `entry-${from + i}`,
    kind: 'pull_repo',
    account_id: 3,
    performer_id: null,
    repository_id: 7,
    // Several share an instant.
    created_ms: atMs + Math.floor(i / 3),
    ip: '192.0.2.7',
    metadata_json: JSON.stringify({ n: from + i }),
  }));
  await services.database.transaction(async (db) => {
    for (let start = 0; start < count; start += 500) {
      await db
        .insertInto('action_logs')
        .values(rows.slice(start, start + 500))
        .execute();
    }
  });
}

/** The numbers of the entries in each object. */
function archived(store: MemoryStore): Map<string, number[]> {
  const objects = [...store].map(([path, { bytes }]): [string, number[]] => {
    const entries: { metadata_json: { n: number } }[] = JSON.parse(gunzipSync(bytes).toString('utf8'));
    return [path, entries.map((entry) => entry.metadata_json.n)];
  });
  return new Map(objects);
}

async function left(services: Services): Promise<number> {
  return (await services.database.read.selectFrom('action_logs').select('id').execute()).length;
}

eachDatabase('old entries go to the store', (open) => {
  async function setUp(wrap: { database?: (database: Database) => Database } = {}) {
    const database = await open();
    const services = createTestServices({ database: wrap.database?.(database) ?? database });
    const store: MemoryStore = new Map();
    const driver = createMemoryDriver({ store });
    const archive = (olderThanMs: number, more: { driver?: StorageDriver; isHeld?: () => boolean } = {}) =>
      archiveActionLogs(services, {
        location: { name: 'default', driver: more.driver ?? driver },
        folder: 'archives/logs',
        olderThanMs,
        isHeld: more.isHeld ?? (() => true),
      });
    return { services, store, driver, archive };
  }

  test('5000 to an object, oldest first, and no younger entry', async () => {
    const { services, store, archive } = await setUp();
    await fill(services, 5010);
    await fill(services, 3, { from: 6000, atMs: startMs + 10_000 });
    assert.equal(await archive(startMs + 10_000), 5010);
    const objects = archived(store);
    assert.deepEqual(
      [...objects.keys()],
      ['archives/logs/1-5000-logentry3.txt.gz', 'archives/logs/5001-5010-logentry3.txt.gz'],
    );
    assert.deepEqual(
      [...objects.values()].flat(),
      Array.from({ length: 5010 }, (_, i) => i),
    );
    assert.equal(await left(services), 3);
    assert.equal(await archive(startMs + 10_000), 0);
  });

  test('an entry keeps what Quay keeps', async () => {
    const { services, store, archive } = await setUp();
    await fill(services, 1);
    await archive(startMs + 1);
    const [object] = store.values();
    assert.deepEqual(JSON.parse(gunzipSync(object?.bytes ?? Buffer.alloc(0)).toString('utf8')), [
      {
        kind_id: logKindNumber('pull_repo'),
        account_id: 3,
        performer_id: null,
        repository_id: 7,
        datetime: '2026-01-10 01:02:03.004',
        ip: '192.0.2.7',
        metadata_json: { n: 0 },
      },
    ]);
  });

  test('a store that fails costs nothing', async () => {
    const { services, store, driver, archive } = await setUp();
    await fill(services, 9);
    const broken = { ...driver, put: () => Promise.reject(new Error('disk on fire')) };
    await assert.rejects(archive(startMs + 1000, { driver: broken }), /disk on fire/);
    assert.equal(await left(services), 9);
    await archive(startMs + 2000);
    assert.deepEqual([await left(services), [...archived(store).values()].flat().length], [0, 9]);
  });

  test('a crash between store and delete: the same object again, with what came meanwhile', async () => {
    const crash = { on: false };
    const { services, store, archive } = await setUp({
      database: (database) => ({
        ...database,
        read: database.read,
        transaction: (work, options) =>
          database.transaction(async (db) => {
            const before = (await db.selectFrom('action_logs').select('id').execute()).length;
            const result = await work(db);
            const after = (await db.selectFrom('action_logs').select('id').execute()).length;
            if (crash.on && after < before) throw new Error('power failure');
            return result;
          }, options),
      }),
    });
    await fill(services, 9);
    crash.on = true;
    await assert.rejects(archive(startMs + 2), /power failure/);
    assert.deepEqual([await left(services), [...archived(store).values()]], [9, [[0, 1, 2, 3, 4, 5]]]);
    crash.on = false;
    // Late, and older than what was stored already; others are old enough by now.
    await fill(services, 1, { from: 100, atMs: startMs });
    assert.equal(await archive(startMs + 99), 10);
    const all = [...archived(store).values()].flat().sort((a, b) => a - b);
    assert.deepEqual(all, [0, 1, 2, 3, 4, 5, 6, 7, 8, 100]);
    assert.deepEqual([...archived(store).keys()].length, 2);
    assert.equal(await left(services), 0);
  });

  test('without the lease nothing moves', async () => {
    const { services, store, archive } = await setUp();
    await fill(services, 9);
    assert.equal(await archive(startMs + 99, { isHeld: () => false }), 0);
    let asked = 0;
    const lost = () => {
      asked += 1;
      return asked === 1;
    };
    assert.equal(await archive(startMs + 99, { isHeld: lost }), 0);
    assert.deepEqual([await left(services), store.size], [9, 0]);
  });
});

test('the numbers of the kinds never change', () => {
  const expected = { account_change_plan: 1, push_repo: 10, pull_repo: 11, login_success: 97 };
  for (const [kind, number] of Object.entries(expected)) assert.equal(logKindNumber(kind), number, kind);
  assert.equal(new Set(logKinds).size, logKinds.length);
  assert.equal(logKindNumber('unheard-of'), 0);
});
