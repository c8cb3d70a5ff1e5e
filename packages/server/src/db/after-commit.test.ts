import assert from 'node:assert/strict';
import { test } from 'node:test';
import { insertIgnore } from '#/db/insert-ignore.ts';
import { eachDatabase } from '#/testing/databases.ts';
import { afterCommit } from './after-commit.ts';

eachDatabase('after the commit', (open) => {
  test('what waits for it runs once it is there, and not when the transaction fails', async () => {
    const database = await open();
    const ran: string[] = [];
    const write = (name: string, fails: boolean): Promise<void> =>
      database.transaction(async (db) => {
        afterCommit(db, () => ran.push(name));
        await insertIgnore(db, 'leases', { name, owner: 'nobody', expires_ms: 0, last_run_ms: null });
        assert.deepEqual(ran.includes(name), false);
        if (fails) throw new Error('no');
      });
    await write('kept', false);
    await assert.rejects(write('lost', true));
    assert.deepEqual(ran, ['kept']);
  });
});
