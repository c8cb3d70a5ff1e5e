import assert from 'node:assert/strict';
import { test } from 'node:test';
import { insertIgnore } from '#/db/insert-ignore.ts';
import { eachDatabase } from '#/testing/databases.ts';

/** Pairwise different names, in the order of their bytes. */
const names = ['A', 'Z', 'a', 'a ', 'a  ', 'aa', 'e', 'e\u0301', 'ss', 'z', 'ß', 'é', '\u{1f600}'];

eachDatabase('names compare by bytes', (open) => {
  test('different bytes are different names', async () => {
    const database = await open();
    const fresh = await database.transaction(async (db) => {
      const results: boolean[] = [];
      for (const name of names) results.push(await insertIgnore(db, 'settings', { name, value: name }));
      return results;
    });
    assert.deepEqual(
      fresh,
      names.map(() => true),
    );
    for (const name of names) {
      const rows = await database.read
        .selectFrom('settings')
        .select('value')
        .where('name', '=', name)
        .execute();
      assert.deepEqual(rows, [{ value: name }]);
    }
  });

  test('names sort by bytes and page by them', async () => {
    const database = await open();
    await database.transaction(async (db) => {
      for (const name of names.toReversed()) await insertIgnore(db, 'settings', { name, value: '' });
    });
    const listed: string[] = [];
    for (let last = ''; ; last = listed.at(-1) ?? '') {
      const page = await database.read
        .selectFrom('settings')
        .select('name')
        .where('name', '>', last)
        .orderBy('name')
        .limit(2)
        .execute();
      if (page.length === 0) break;
      listed.push(...page.map((row) => row.name));
    }
    assert.deepEqual(listed, names);
  });
});
