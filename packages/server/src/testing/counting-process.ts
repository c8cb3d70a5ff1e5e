/** A process that adds 1 to the setting `count` of the database in its first argument, as often as the second says. */
import { lockRow } from '#/db/lock-row.ts';
import { openDatabase } from '#/db/open-database.ts';

const database = await openDatabase({ uri: process.argv[2] ?? '' });
const times = Number(process.argv[3]);
for (let done = 0; done < times; done += 1) {
  await database.transaction(async (db) => {
    const query = db.selectFrom('settings').select('value').where('name', '=', 'count');
    const { value } = await lockRow(db, query).executeTakeFirstOrThrow();
    await db
      .updateTable('settings')
      .set({ value: String(Number(value) + 1) })
      .where('name', '=', 'count')
      .execute();
  });
  await database.read.selectFrom('settings').selectAll().execute();
}
await database.close();
process.disconnect();
