import assert from 'node:assert/strict';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import Sqlite from 'better-sqlite3';
import { sql } from 'kysely';
import { createDatabase } from '#/db/create-database.ts';
import { type Database, DatabaseUnavailableError, type Db } from '#/db/database.ts';
import { migrate } from '#/db/migrate.ts';
import { scratchDirectory } from '#/testing/scratch-directory.ts';
import { openSqliteEngine } from './sqlite-engine.ts';

interface Opened {
  readonly path: string;
  readonly database: Database;
}

async function open(context: TestContext, path = newPath(), waitLimitMs?: number): Promise<Opened> {
  const database = createDatabase(await openSqliteEngine(path, waitLimitMs));
  context.after(() => database.close());
  await migrate(database);
  return { path, database };
}

const newPath = (): string => join(scratchDirectory(), 'wharf.db');
const put = (db: Db, name: string, value: string) =>
  db.insertInto('settings').values({ name, value }).execute();

/** Another program with a write transaction open. */
function holdLock(path: string): { release: () => void } {
  const other = new Sqlite(path);
  other.exec('BEGIN IMMEDIATE');
  return { release: () => void other.close() };
}

test('a read that turns into a write holds off other connections instead of failing', async (context) => {
  const { path, database } = await open(context);
  const other = await open(context, path);
  await Promise.all(
    [database, other.database].map((one, n) =>
      one.transaction(async (db) => {
        const { length } = await db.selectFrom('settings').selectAll().execute();
        await put(db, `seen-${length}`, String(n));
      }),
    ),
  );
  const rows = await database.read.selectFrom('settings').select('name').orderBy('name').execute();
  assert.deepEqual(rows, [{ name: 'seen-0' }, { name: 'seen-1' }]);
});

test('waiting for another process leaves this one free', async (context) => {
  const { path, database } = await open(context);
  const lock = holdLock(path);
  let written = false;
  const writing = database
    .transaction((db) => put(db, 'a', ''))
    .then(() => {
      written = true;
    });
  let turns = 0;
  for (const startedMs = performance.now(); performance.now() - startedMs < 200; turns += 1) await sleep(1);
  assert.ok(turns > 20, `${turns} turns`);
  assert.equal(written, false);
  assert.deepEqual(await database.read.selectFrom('settings').selectAll().execute(), []);
  lock.release();
  await writing;
});

test('a writer that waits too long gets an answer', async (context) => {
  const path = newPath();
  await (await open(context, path)).database.close();
  const { database } = await open(context, path, 50);
  const lock = holdLock(path);
  await assert.rejects(
    database.transaction((db) => put(db, 'a', '')),
    DatabaseUnavailableError,
  );
  lock.release();
  await database.transaction((db) => put(db, 'a', ''));
});

test('writers have their turn in the order in which they came, and let others run in between', async (context) => {
  const { database } = await open(context);
  const order: number[] = [];
  let turns = 0;
  let counting = true;
  const count = (): void => {
    turns += 1;
    if (counting) setImmediate(count);
  };
  setImmediate(count);
  await Promise.all(
    Array.from({ length: 100 }, (_, n) =>
      database.transaction(async (db) => {
        order.push(n);
        await put(db, String(n), '');
      }),
    ),
  );
  counting = false;
  assert.deepEqual(
    order,
    Array.from({ length: 100 }, (_, n) => n),
  );
  assert.ok(turns >= 50, `${turns} turns`);
});

test('a full disk is DatabaseUnavailableError, and reading goes on', async (context) => {
  const { database } = await open(context);
  await database.transaction(async (db) => {
    await put(db, 'a', 'before');
    await sql`pragma max_page_count = 1`.execute(db);
  });
  await assert.rejects(
    database.transaction((db) => put(db, 'b', 'x'.repeat(1_000_000))),
    DatabaseUnavailableError,
  );
  assert.deepEqual(await database.read.selectFrom('settings').selectAll().execute(), [
    { name: 'a', value: 'before' },
  ]);
  await database.transaction((db) => sql`pragma max_page_count = 1000000`.execute(db));
  await database.transaction((db) => put(db, 'b', 'x'.repeat(1_000_000)));
});

test('the write-ahead log stays small however much is written', async (context) => {
  const { path, database } = await open(context);
  for (let n = 0; n < 400; n += 1) {
    await database.transaction((db) => put(db, String(n), 'x'.repeat(100_000)));
  }
  const { size } = await stat(`${path}-wal`);
  assert.ok(size < 8 * 1024 * 1024, `${size} bytes`);
});

test('a handle that only reads cannot write, not even in raw SQL', async (context) => {
  const { database } = await open(context);
  await assert.rejects(sql`delete from settings`.execute(database.read));
  await assert.rejects(sql`create table x (a integer) strict`.execute(database.read));
});
