import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { insertRow } from '#/db/insert-row.ts';
import { manualClock } from '#/platform/clock.ts';
import { eachDatabase } from '#/testing/databases.ts';
import { createTestServices } from '#/testing/services.ts';
import { getRegistrySize, measureRegistrySize, queueRegistrySize } from './index.ts';

const startMs = Date.UTC(2026, 0, 1);

eachDatabase('the size of the registry', (open) => {
  async function setUp(sizes: readonly number[]) {
    const clock = manualClock(startMs);
    const services = createTestServices({ database: await open(), clock });
    await services.database.transaction(async (db) => {
      for (const size_bytes of sizes) {
        const digest = `sha256:${randomBytes(32).toString('hex')}`;
        await insertRow(db, 'blobs', { digest, size_bytes, created_ms: startMs, lease_expires_ms: 0 });
      }
    });
    return { services, clock };
  }

  test('is measured once it was asked for, over several pages', async () => {
    const { services, clock } = await setUp([1, 20, 300, 4000, 2 ** 40]);
    const never = { sizeBytes: 0, completedMs: null, queued: false, running: false };
    assert.equal(await measureRegistrySize(services), false);
    assert.deepEqual(await getRegistrySize(services), never);
    assert.deepEqual([await queueRegistrySize(services), await queueRegistrySize(services)], [true, false]);
    assert.deepEqual(await getRegistrySize(services), { ...never, queued: true });
    clock.advanceMs(5000);
    assert.equal(await measureRegistrySize(services, { pageSize: 2 }), true);
    const measured = { ...never, sizeBytes: 4321 + 2 ** 40, completedMs: startMs + 5000 };
    assert.deepEqual(await getRegistrySize(services), measured);
    assert.equal(await measureRegistrySize(services), false);
    assert.equal(await queueRegistrySize(services), true);
  });

  test('a run that was cut short counts as running, and the next one does it', async () => {
    const { services } = await setUp([7]);
    await queueRegistrySize(services);
    assert.equal(await measureRegistrySize(services, { signal: AbortSignal.abort() }), false);
    const { queued, running } = await getRegistrySize(services);
    assert.deepEqual({ queued, running }, { queued: false, running: true });
    assert.equal(await queueRegistrySize(services), false);
    assert.equal(await measureRegistrySize(services), true);
    assert.equal((await getRegistrySize(services)).sizeBytes, 7);
  });

  test('a registry without blobs holds nothing', async () => {
    const { services } = await setUp([]);
    await queueRegistrySize(services);
    await measureRegistrySize(services);
    const { sizeBytes, completedMs } = await getRegistrySize(services);
    assert.deepEqual([sizeBytes, completedMs], [0, startMs]);
  });
});
