import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { requestLogExport } from '#/domain/log-export/index.ts';
import type { Services } from '#/domain/services.ts';
import { manualClock } from '#/platform/clock.ts';
import { createMetrics } from '#/platform/metrics.ts';
import { createStorage } from '#/storage/create-storage.ts';
import { createMemoryDriver, type MemoryStore } from '#/storage/drivers/memory.ts';
import { eachDatabase } from '#/testing/databases.ts';
import { insertTestRepository } from '#/testing/repositories.ts';
import { createTestServices } from '#/testing/services.ts';
import {
  logExport,
  logExportCleanup,
  logRotation,
  repositoryActionCounts,
  type Worker,
} from '#/workers/index.ts';

const dayMs = 24 * 3600 * 1000;
const startMs = Date.UTC(2026, 0, 10, 12);
const count = 60;

eachDatabase('workers of the action log on two nodes', (open) => {
  async function setUp() {
    const clock = manualClock(startMs);
    const store: MemoryStore = new Map();
    const archive: MemoryStore = new Map();
    const services: Services = createTestServices({
      database: await open(),
      clock,
      storage: createStorage([
        { name: 'default', driver: createMemoryDriver({ store }) },
        { name: 'cold', driver: createMemoryDriver({ store: archive }) },
      ]),
      mailer: { send: async () => {} },
    });
    const repositoryId = await insertTestRepository(services.database);
    const old = startMs - 10 * dayMs;
    await services.database.transaction((db) =>
      db.updateTable('repositories').set({ created_ms: old }).where('id', '=', repositoryId).execute(),
    );
    const rows = Array.from({ length: count }, (_, i) => ({
      uuid: randomUUID(),
      kind: 'pull_repo',
      account_id: 1,
      performer_id: null,
      repository_id: repositoryId,
      created_ms: startMs - (i % 3) * dayMs,
      ip: null,
      metadata_json: '{}',
    }));
    await services.database.transaction((db) => db.insertInto('action_logs').values(rows).execute());
    const metrics = createMetrics();
    const onBoth = (worker: Worker) => {
      const other: Services = { ...services, nodeId: randomUUID() };
      const { signal } = new AbortController();
      return Promise.all([worker.run(services, signal), worker.run(other, signal)]);
    };
    return { services, clock, store, archive, onBoth, metrics, repositoryId };
  }

  test('rotation moves each entry once, to the location that was named', async () => {
    const { services, store, archive, onBoth, metrics } = await setUp();
    const rotation = logRotation({
      location: 'cold',
      folder: 'archives',
      ageSeconds: 24 * 3600,
      metrics: metrics.logs,
    });
    await onBoth(rotation);
    const objects = [...archive].map(([path, { bytes }]) => {
      const entries: unknown[] = JSON.parse(gunzipSync(bytes).toString('utf8'));
      return [path.replace(/\d+-\d+/, 'ids'), entries.length];
    });
    assert.deepEqual([objects, store.size], [[['archives/ids-logentry3.txt.gz', count / 3]], 0]);
    const left = await services.database.read.selectFrom('action_logs').select('id').execute();
    assert.equal(left.length, (2 * count) / 3);
    assert.match(
      await metrics.registry.metrics(),
      new RegExp(`^wharf_log_entries_archived_total ${count / 3}$`, 'm'),
    );
  });

  test('counts and exports are made once', async () => {
    const { services, store, clock, onBoth, metrics, repositoryId } = await setUp();
    await onBoth(repositoryActionCounts({ keepsShort: false }));
    const rows = await services.database.read
      .selectFrom('repository_action_counts')
      .select(['repository_id', 'count'])
      .execute();
    const yesterdays = { repository_id: repositoryId, count: count / 3 };
    assert.deepEqual(rows, [yesterdays, yesterdays]);

    await requestLogExport(services, {
      namespace: { id: 1, name: 'acme' },
      fromMs: startMs - 9 * dayMs,
      untilMs: startMs + dayMs,
      callbackUrl: undefined,
      callbackEmail: 'a@b.c',
      performer: { accountId: null, ip: null, metadata: {} },
      baseUrl: 'https://registry.example',
    });
    await onBoth(logExport({ metrics: metrics.logs }));
    assert.equal(store.size, 1);
    assert.match(await metrics.registry.metrics(), /^wharf_log_exports_total\{status="success"\} 1$/m);
    clock.advanceMs(dayMs);
    await onBoth(logExportCleanup());
    assert.equal(store.size, 0);
  });
});
