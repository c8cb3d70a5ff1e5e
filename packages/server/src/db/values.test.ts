import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { sql } from 'kysely';
import { insertRow } from '#/db/insert-row.ts';
import { eachDatabase } from '#/testing/databases.ts';

const largest = Number.MAX_SAFE_INTEGER - 1;
const blob = (digest: string, sizeBytes: number) => ({
  digest,
  size_bytes: sizeBytes,
  uncompressed_size_bytes: null,
  legacy_uuid: null,
  created_ms: Date.now(),
  lease_expires_ms: 0,
});

eachDatabase('values', (open) => {
  test('64-bit integers, counts, sums and truth are numbers', async () => {
    const database = await open();
    const id = await database.transaction(async (db) => {
      await insertRow(db, 'blobs', blob('a', 2 ** 40));
      return insertRow(db, 'blobs', blob('b', largest - 2 ** 40));
    });
    assert.equal(typeof id, 'number');
    const result = await database.read
      .selectFrom('blobs')
      .select(({ fn }) => [
        fn.countAll().as('count'),
        fn.sum('size_bytes').as('sum'),
        fn.max('size_bytes').as('max'),
        sql`count(*) > 1`.as('several'),
      ])
      .executeTakeFirstOrThrow();
    assert.deepEqual({ ...result }, { count: 2, sum: largest, max: largest - 2 ** 40, several: 1 });
  });

  test('bytes and long text come back as they were', async () => {
    const database = await open();
    const bytes = randomBytes(5 * 1024 * 1024);
    const text = '\u{1f433}é\\\'"\n'.repeat(200_000);
    await database.transaction(async (db) => {
      await insertRow(db, 'queue_items', {
        queue_name: 'q',
        body: text,
        available_after_ms: 0,
        available: 1,
        processing_expires_ms: null,
        retries_remaining: 5,
        state_id: 's',
        created_ms: 0,
      });
    });
    const item = await database.read.selectFrom('queue_items').select('body').executeTakeFirstOrThrow();
    assert.equal(item.body, text);
    const echoed = await database.read
      .selectNoFrom(sql<Buffer>`${bytes}`.as('bytes'))
      .executeTakeFirstOrThrow()
      .catch(() => undefined);
    if (echoed !== undefined) assert.ok(Buffer.from(echoed.bytes).equals(bytes));
  });

  test('updates count the rows that matched, changed or not', async () => {
    const database = await open();
    await database.transaction(async (db) => {
      await db.insertInto('settings').values({ name: 'a', value: '1' }).execute();
    });
    const counts = await database.transaction(async (db) => {
      const update = (name: string, value: string) =>
        db.updateTable('settings').set({ value }).where('name', '=', name).executeTakeFirst();
      return [await update('a', '1'), await update('a', '2'), await update('b', '1')].map(
        (result) => result.numUpdatedRows,
      );
    });
    assert.deepEqual(counts, [1n, 1n, 0n]);
  });
});
