import assert from 'node:assert/strict';
import { test } from 'node:test';
import { insertIgnore } from '#/db/insert-ignore.ts';
import { insertRow } from '#/db/insert-row.ts';
import { eachDatabase } from '#/testing/databases.ts';

eachDatabase('inserts', (open) => {
  test('insertRow returns ids that can be found', async () => {
    const database = await open();
    const [first, second] = await database.transaction(async (db) => [
      await insertRow(db, 'storage_locations', { name: 'a' }),
      await insertRow(db, 'storage_locations', { name: 'b' }),
    ]);
    const rows = await database.read.selectFrom('storage_locations').selectAll().orderBy('id').execute();
    assert.deepEqual(rows, [
      { id: first, name: 'a' },
      { id: second, name: 'b' },
    ]);
  });

  test('insertIgnore tells whether the row is new', async () => {
    const database = await open();
    const results = await database.transaction(async (db) => [
      await insertIgnore(db, 'settings', { name: 'x', value: '1' }),
      await insertIgnore(db, 'settings', { name: 'x', value: '2' }),
      await insertIgnore(db, 'storage_locations', { name: 'l' }),
      await insertIgnore(db, 'storage_locations', { name: 'l' }),
    ]);
    assert.deepEqual(results, [true, false, true, false]);
    const rows = await database.read.selectFrom('settings').selectAll().execute();
    assert.deepEqual(rows, [{ name: 'x', value: '1' }]);
  });
});
