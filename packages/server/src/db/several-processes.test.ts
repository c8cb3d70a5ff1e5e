import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { openDatabase } from '#/db/open-database.ts';
import { eachDatabaseUri } from '#/testing/databases.ts';

const countingProcess = new URL('../testing/counting-process.ts', import.meta.url);

eachDatabaseUri('several processes', (create) => {
  test('read and write the same row without losing a change', async () => {
    const uri = await create();
    const database = await openDatabase({ uri });
    await database.transaction((db) =>
      db.insertInto('settings').values({ name: 'count', value: '0' }).execute(),
    );
    const times = 100;
    const codes = await Promise.all(
      [1, 2].map(async () => {
        const [code] = await once(fork(countingProcess, [uri, String(times)]), 'exit');
        return code;
      }),
    );
    assert.deepEqual(codes, [0, 0]);
    const row = await database.read.selectFrom('settings').select('value').executeTakeFirstOrThrow();
    await database.close();
    assert.equal(row.value, String(2 * times));
  });
});
