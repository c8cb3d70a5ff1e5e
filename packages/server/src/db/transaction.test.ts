import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'kysely';
import { type Database, type Db, UniqueViolationError } from '#/db/database.ts';
import { insertRow } from '#/db/insert-row.ts';
import { lockRow } from '#/db/lock-row.ts';
import { eachDatabase } from '#/testing/databases.ts';

const put = (db: Db, name: string, value: string) =>
  db.insertInto('settings').values({ name, value }).execute();

async function readValue(db: Db, name: string): Promise<string | undefined> {
  const row = await db.selectFrom('settings').select('value').where('name', '=', name).executeTakeFirst();
  return row?.value;
}

eachDatabase('transactions', (open) => {
  test('an error undoes everything and reaches the caller', async () => {
    const database = await open();
    const error = new Error('no');
    const failing = database.transaction(async (db) => {
      await put(db, 'a', '1');
      throw error;
    });
    await assert.rejects(failing, error);
    assert.equal(await readValue(database.read, 'a'), undefined);
    await database.transaction((db) => put(db, 'a', '2'));
    assert.equal(await readValue(database.read, 'a'), '2');
  });

  test('an unfinished transaction is visible to itself only', async () => {
    const database = await open();
    await database.transaction(async (db) => {
      await put(db, 'a', '1');
      assert.equal(await readValue(db, 'a'), '1');
      assert.equal(await readValue(database.read, 'a'), undefined);
    });
    assert.equal(await readValue(database.read, 'a'), '1');
  });

  test('relaxed transactions commit as well', async () => {
    const database = await open();
    await database.transaction((db) => put(db, 'a', '1'), { durability: 'relaxed' });
    await database.transaction((db) => put(db, 'b', '1'));
    assert.equal(await readValue(database.read, 'a'), '1');
  });

  test('a taken key is a UniqueViolationError, other constraints are not', async () => {
    const database = await open();
    await database.transaction((db) => put(db, 'a', '1'));
    await assert.rejects(
      database.transaction((db) => put(db, 'a', '2')),
      UniqueViolationError,
    );
    await assert.rejects(
      database.transaction(async (db) => {
        await insertRow(db, 'storage_locations', { name: 'l' });
        await insertRow(db, 'storage_locations', { name: 'l' });
      }),
      UniqueViolationError,
    );
    const missingOwner = database.transaction((db) =>
      db.insertInto('team_members').values({ team_id: 1, account_id: 1 }).execute(),
    );
    await assert.rejects(missingOwner, (error) => !(error instanceof UniqueViolationError));
    const wrongSize = database.transaction((db) =>
      insertRow(db, 'blobs', {
        digest: 'd',
        size_bytes: -1,
        uncompressed_size_bytes: null,
        legacy_uuid: null,
        created_ms: 0,
        lease_expires_ms: 0,
      }),
    );
    await assert.rejects(wrongSize, (error) => !(error instanceof UniqueViolationError));
  });

  test('the handle for reading does not write', async () => {
    const database = await open();
    await assert.rejects(put(database.read, 'a', '1'), /transaction/);
    if (database.dialect === 'sqlite') {
      await assert.rejects(sql`insert into settings values ('a', '1')`.execute(database.read));
    }
    assert.equal(await readValue(database.read, 'a'), undefined);
  });

  test('a locked row serialises read and write', async () => {
    const database = await open();
    await database.transaction((db) => put(db, 'n', '0'));
    const increment = (db: Db) => async () => {
      const query = db.selectFrom('settings').select('value').where('name', '=', 'n');
      const { value } = await lockRow(db, query).executeTakeFirstOrThrow();
      const next = String(Number(value) + 1);
      await db.updateTable('settings').set({ value: next }).where('name', '=', 'n').execute();
    };
    await Promise.all(Array.from({ length: 30 }, () => database.transaction((db) => increment(db)())));
    assert.equal(await readValue(database.read, 'n'), '30');
  });

  test('a deadlock is run again and nobody notices', async () => {
    const database = await open();
    await database.transaction(async (db) => {
      await put(db, 'a', '');
      await put(db, 'b', '');
    });
    let attempts = 0;
    const bothHoldOne = rendezvous(database.dialect === 'sqlite' ? 1 : 2);
    const append = (first: string, second: string, mark: string) =>
      database.transaction(async (db) => {
        attempts += 1;
        await appendTo(db, first, mark);
        await bothHoldOne();
        await appendTo(db, second, mark);
      });
    await Promise.all([append('a', 'b', 'x'), append('b', 'a', 'y')]);
    for (const name of ['a', 'b']) {
      const marks = await readValue(database.read, name);
      assert.deepEqual(marks?.split('').sort(), ['x', 'y']);
    }
    if (database.dialect !== 'sqlite') assert.ok(attempts > 2, `${attempts} attempts`);
  });

  test('many writers at once all succeed, in turn', async () => {
    const database = await open();
    await Promise.all(
      Array.from({ length: 60 }, (_, n) => database.transaction((db) => put(db, `k${n}`, String(n)))),
    );
    assert.equal(await countSettings(database), 60);
  });
});

async function appendTo(db: Db, name: string, mark: string): Promise<void> {
  const value = (await readValue(db, name)) ?? '';
  await db
    .updateTable('settings')
    .set({ value: sql`concat(value, ${sql.lit(mark)})` })
    .where('name', '=', name)
    .execute();
  assert.ok(!value.includes(mark));
}

async function countSettings(database: Database): Promise<number> {
  const rows = await database.read.selectFrom('settings').select('name').execute();
  return rows.length;
}

/** Lets callers go on once `parties` of them have come; later callers do not wait. */
function rendezvous(parties: number): () => Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let arrived = 0;
  return () => {
    arrived += 1;
    if (arrived >= parties) resolve();
    return promise;
  };
}
