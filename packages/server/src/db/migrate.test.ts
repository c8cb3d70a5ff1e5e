import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, test } from 'node:test';
import { sql } from 'kysely';
import type { Database } from '#/db/database.ts';
import { migrate, NewerSchemaError, pendingMigrations } from '#/db/migrate.ts';
import { allMigrations } from '#/db/migrations/all-migrations.ts';
import type { Migration } from '#/db/migrations/migration.ts';
import { openDatabase } from '#/db/open-database.ts';
import { eachDatabase, eachDatabaseUri } from '#/testing/databases.ts';
import { scratchDirectory } from '#/testing/scratch-directory.ts';

const migratingProcess = new URL('../testing/migrating-process.ts', import.meta.url);

/** The migration, with a crash before the given step. */
function crashBefore(migration: Migration, step: number): Migration {
  const crash = async (): Promise<void> => {
    throw new Error('crash');
  };
  return { ...migration, steps: (target) => [...migration.steps(target).slice(0, step), crash] };
}

eachDatabase('migrated', (open) => {
  test('nothing is pending and nothing runs twice', async () => {
    const database = await open();
    assert.deepEqual(await pendingMigrations(database), []);
    assert.deepEqual(await migrate(database), []);
  });

  test('a newer schema is refused in plain words', async () => {
    const database = await open();
    await database.transaction(async (db) => {
      await sql`insert into schema_migrations (number, name, applied_ms) values (9000, 'future', 1)`.execute(
        db,
      );
    });
    await assert.rejects(migrate(database), NewerSchemaError);
    await assert.rejects(pendingMigrations(database), /version 9000.*newer/);
  });
});

eachDatabaseUri('not yet migrated', (create) => {
  const opened: Database[] = [];
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((database) => database.close()));
  });
  const open = async (): Promise<{ uri: string; database: Database }> => {
    const uri = await create('empty');
    const database = await openDatabase({ uri });
    opened.push(database);
    return { uri, database };
  };

  test('what is pending can be asked without changing anything', async () => {
    const { database } = await open();
    const names = allMigrations.map((migration) => migration.name);
    assert.deepEqual(await pendingMigrations(database), names);
    assert.deepEqual(await pendingMigrations(database), names);
    assert.deepEqual(await migrate(database), names);
  });

  test('a crash before any step is repaired by running again', async () => {
    const { database } = await open();
    const [initial] = allMigrations;
    assert.ok(initial !== undefined);
    // In steps of several on one database: each run starts from what the crash before it left.
    for (let step = 0; step < 120; step += 11) {
      await assert.rejects(migrate(database, [crashBefore(initial, step)]), /crash/);
    }
    assert.deepEqual(
      await migrate(database),
      allMigrations.map((migration) => migration.name),
    );
    await database.transaction((db) => db.insertInto('settings').values({ name: 'a', value: 'b' }).execute());
  });

  test('several processes at once: each migration runs once', async () => {
    const { uri, database } = await open();
    const ran = await Promise.all(
      Array.from({ length: 3 }, async () => {
        const child = fork(migratingProcess, [uri]);
        const [names] = await once(child, 'message');
        const [code] = await once(child, 'exit');
        assert.equal(code, 0);
        return names;
      }),
    );
    // One process may run the first, another the next.
    assert.deepEqual(ran.flat().sort(), allMigrations.map((migration) => migration.name).sort());
    assert.deepEqual(await pendingMigrations(database), []);
  });
});

test('the SQLite file is made with its folder', async (context) => {
  const database = await openDatabase({ uri: 'sqlite:///a/b/wharf.db', dataDirectory: scratchDirectory() });
  context.after(() => database.close());
  assert.equal((await migrate(database)).length, allMigrations.length);
});
