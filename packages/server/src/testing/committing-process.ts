/** A process that commits one transaction, says so on standard output, and can be watched while it does. */
import { writeSync } from 'node:fs';
import { migrate } from '#/db/migrate.ts';
import { openDatabase } from '#/db/open-database.ts';

const database = await openDatabase({ uri: process.argv[2] ?? '' });
const durability = process.argv[3] === 'relaxed' ? 'relaxed' : 'durable';
await migrate(database);
writeSync(1, 'begin');
await database.transaction((db) => db.insertInto('settings').values({ name: 'a', value: '' }).execute(), {
  durability,
});
writeSync(1, 'acknowledged');
await database.close();
