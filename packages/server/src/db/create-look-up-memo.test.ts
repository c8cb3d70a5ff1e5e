import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { type TestContext, test } from 'node:test';
import { sql } from 'kysely';
import { eachDatabaseUri } from '#/testing/databases.ts';
import { createLookUpMemo } from './create-look-up-memo.ts';
import type { Database, Db } from './database.ts';
import { insertIgnore } from './insert-ignore.ts';
import { openDatabase } from './open-database.ts';

const countingProcess = new URL('../testing/counting-process.ts', import.meta.url);

const set = (db: Db, value: string) =>
  db.updateTable('settings').set({ value }).where('name', '=', 'count').execute();

const appendLog = (db: Db, uuid: string) =>
  db
    .insertInto('action_logs')
    .values({
      uuid,
      kind: 'pull_repo',
      account_id: null,
      performer_id: null,
      repository_id: null,
      created_ms: 1,
      ip: null,
      metadata_json: '{}',
    })
    .execute();

/** Looks a setting up through a memo and counts how often the database was asked. */
function createReader(database: Database, untilMs?: number) {
  const memo = createLookUpMemo<string>();
  const reader = {
    loads: 0,
    between: async (): Promise<void> => {},
    read: (nowMs = 0): Promise<string | undefined> =>
      memo(database, {
        key: 'count',
        nowMs,
        async load() {
          reader.loads += 1;
          const row = await database.read
            .selectFrom('settings')
            .select('value')
            .where('name', '=', 'count')
            .executeTakeFirst();
          await reader.between();
          return row && { value: row.value, untilMs };
        },
      }),
  };
  return reader;
}

/** Each ends with the value 1. */
const changes: readonly {
  readonly name: string;
  run(at: { database: Database; other: Database; uri: string }): Promise<unknown>;
}[] = [
  { name: 'a commit', run: ({ database }) => database.transaction((db) => set(db, '1')) },
  {
    name: 'a relaxed commit',
    run: ({ database }) => database.transaction((db) => set(db, '1'), { durability: 'relaxed' }),
  },
  {
    name: 'a commit beside an entry of the action log',
    run: ({ database }) =>
      database.transaction(async (db) => {
        await set(db, '1');
        await appendLog(db, 'a');
      }),
  },
  {
    name: 'a commit of raw SQL',
    run: ({ database }) =>
      database.transaction((db) => sql`update settings set value = '1' where name = 'count'`.execute(db)),
  },
  {
    name: 'a deleted and an inserted row',
    async run({ database }) {
      await database.transaction((db) => db.deleteFrom('settings').execute());
      await database.transaction((db) => insertIgnore(db, 'settings', { name: 'count', value: '1' }));
    },
  },
  { name: 'a commit of another connection', run: ({ other }) => other.transaction((db) => set(db, '1')) },
  {
    name: 'a commit of another process',
    async run({ uri }) {
      const [code] = await once(fork(countingProcess, [uri, '1']), 'exit');
      assert.equal(code, 0);
    },
  },
];

eachDatabaseUri('createLookUpMemo', (create, dialect) => {
  async function open(context: TestContext) {
    const uri = await create();
    const [database, other] = await Promise.all([openDatabase({ uri }), openDatabase({ uri })]);
    context.after(() => Promise.all([database.close(), other.close()]));
    await database.transaction((db) =>
      db.insertInto('settings').values({ name: 'count', value: '0' }).execute(),
    );
    return { uri, database, other };
  }
  const holds = dialect === 'sqlite';

  for (const { name, run } of changes) {
    test(`sees ${name}`, async (context) => {
      const at = await open(context);
      const reader = createReader(at.database);
      assert.equal(await reader.read(), '0');
      await run(at);
      assert.equal(await reader.read(), '1');
    });
  }

  test('asks again only after a change, if the product can tell', async (context) => {
    const { database } = await open(context);
    assert.equal(database.epoch() !== undefined, holds);
    const reader = createReader(database);
    for (let turn = 0; turn < 3; turn += 1) {
      await reader.read();
      await database.transaction((db) => appendLog(db, `entry-${turn}`));
      await database.transaction((db) => db.selectFrom('settings').selectAll().execute());
    }
    assert.equal(reader.loads, holds ? 1 : 3);
  });

  test('sees nothing of a transaction before it ends', async (context) => {
    const { database } = await open(context);
    const reader = createReader(database);
    await database.transaction(async (db) => {
      await set(db, '1');
      assert.equal(await reader.read(), '0');
      assert.equal(await reader.read(), '0');
    });
    assert.equal(await reader.read(), '1');
  });

  test('does not hold what was read before a commit that came meanwhile', async (context) => {
    const { database } = await open(context);
    const reader = createReader(database);
    reader.between = async () => {
      reader.between = async () => {};
      await database.transaction((db) => set(db, '1'));
      assert.equal(await reader.read(), '1');
    };
    assert.equal(await reader.read(), '0');
    assert.equal(await reader.read(), '1');
  });

  test('asks again when the time of a finding is over', async (context) => {
    const { database } = await open(context);
    const reader = createReader(database, 100);
    await reader.read(0);
    await reader.read(99);
    assert.equal(reader.loads, holds ? 1 : 2);
    await reader.read(100);
    assert.equal(reader.loads, holds ? 2 : 3);
  });
});
