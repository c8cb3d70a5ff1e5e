import assert from 'node:assert/strict';
import { test } from 'node:test';
import { insertRow } from '#/db/insert-row.ts';
import { prepareQuery } from '#/db/prepare-query.ts';
import { eachDatabase } from '#/testing/databases.ts';

eachDatabase('prepared queries', (open) => {
  test('the same statement serves other arguments, repeated and constant ones keep their places', async () => {
    const database = await open();
    await database.transaction(async (db) => {
      for (const name of ['a', 'b', 'c']) await insertRow(db, 'storage_locations', { name });
    });
    let built = 0;
    const find = prepareQuery((db, from: string, to: string) => {
      built += 1;
      return db
        .selectFrom('storage_locations')
        .select('name')
        .where('name', '>=', from)
        .where('name', '!=', 'b')
        .where((eb) => eb.or([eb('name', '<=', to), eb('name', '=', from)]))
        .orderBy('name');
    });
    const names = async (from: string, to: string): Promise<string[]> =>
      (await find(database.read, from, to)).map(({ name }) => name);
    assert.deepEqual(await names('a', 'b'), ['a']);
    assert.deepEqual(await names('b', 'c'), ['c']);
    assert.deepEqual(await names('c', 'a'), ['c']);
    assert.deepEqual(await names('x', "'; drop table storage_locations; --"), []);
    assert.deepEqual(await names('a', 'c'), ['a', 'c']);
    assert.equal(built, 1);
  });
});
