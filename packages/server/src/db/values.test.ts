import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { sql } from 'kysely';
import type { Db } from '#/db/database.ts';
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

  test('long text comes back as it was', async () => {
    const database = await open();
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
  });

  test('a manifest of 5 MiB comes back as it was', async () => {
    const database = await open();
    const bytes = randomBytes(5 * 1024 * 1024);
    await database.transaction(async (db) => {
      const repository = await insertRepository(db);
      await insertRow(db, 'manifests', {
        repository_id: repository,
        digest: 'sha256:0',
        media_type: 'text/plain',
        bytes,
        size_bytes: bytes.length,
        config_media_type: null,
        artifact_type: null,
        subject_digest: null,
        annotations_json: null,
        layers_size_bytes: null,
        created_ms: 0,
      });
    });
    const row = await database.read.selectFrom('manifests').select('bytes').executeTakeFirstOrThrow();
    assert.ok(Buffer.isBuffer(row.bytes));
    assert.ok(row.bytes.equals(bytes));
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

async function insertRepository(db: Db): Promise<number> {
  const namespace = await insertRow(db, 'accounts', {
    uuid: 'u',
    kind: 'organization',
    name: 'acme',
    email: null,
    password_hash: null,
    owner_id: null,
    enabled: 1,
    verified: 1,
    superuser: 0,
    given_name: null,
    family_name: null,
    company: null,
    location: null,
    invoice_email: 0,
    invoice_email_address: null,
    invalid_login_attempts: 0,
    last_invalid_login_ms: null,
    tag_expiration_s: 0,
    maximum_queued_builds: null,
    created_ms: 0,
    last_accessed_ms: null,
    sessions_valid_from_ms: 0,
  });
  return insertRow(db, 'repositories', {
    uuid: 'r',
    namespace_id: namespace,
    name: 'app',
    visibility: 'public',
    kind: 'image',
    state: 'NORMAL',
    description: '',
    badge_token: '',
    trust_enabled: 0,
    created_ms: 0,
    event_number: 0,
  });
}
