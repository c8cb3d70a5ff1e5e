import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'kysely';
import { checkDurability, findDurabilityProblems } from '#/db/check-durability.ts';
import { openDatabase } from '#/db/open-database.ts';
import { silentLogger } from '#/platform/logger.ts';
import { eachDatabaseUri } from '#/testing/databases.ts';

eachDatabaseUri('settings that forget acknowledged writes', (create, dialect) => {
  test('are named, and only those', async (context) => {
    const uri = await create();
    if (dialect === 'postgresql') await forgetCommits(uri);
    const database = await openDatabase({ uri });
    context.after(() => database.close());
    const problems = await findDurabilityProblems(database);
    if (dialect === 'sqlite') assert.deepEqual(problems, []);
    if (dialect === 'postgresql') assert.ok(problems.includes('synchronous_commit=off'));
    if (dialect === 'mysql') {
      const { rows } = await sql<{ value: number }>`
        select @@innodb_flush_log_at_trx_commit as value`.execute(database.read);
      assert.equal(problems.length, rows[0]?.value === 1 ? 0 : 1);
    }
    const warned: unknown[] = [];
    const logger = { ...silentLogger(), warn: (line: unknown) => warned.push(line) };
    await checkDurability(database, logger);
    assert.deepEqual(
      warned,
      problems.map((setting) => ({ setting })),
    );
  });
});

async function forgetCommits(uri: string): Promise<void> {
  const database = await openDatabase({ uri });
  const name = new URL(uri).pathname.slice(1);
  await sql`alter database ${sql.ref(name)} set synchronous_commit = off`.execute(database.read);
  await database.close();
}
