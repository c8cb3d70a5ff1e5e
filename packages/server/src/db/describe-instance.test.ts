import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eachDatabase } from '#/testing/databases.ts';
import { describeInstance } from './describe-instance.ts';

eachDatabase('what a database says about itself', (open) => {
  test('product, version and time', async () => {
    const database = await open();
    const { product, nowMs } = await describeInstance(database);
    const names = { sqlite: /^SQLite 3\.\d/, postgresql: /^PostgreSQL \d/, mysql: /^(MariaDB|MySQL) \d/ };
    assert.match(product, names[database.dialect]);
    assert.ok(Math.abs(nowMs - Date.now()) < 5_000, String(nowMs));
  });
});
