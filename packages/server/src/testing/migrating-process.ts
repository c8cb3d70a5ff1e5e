/** A process that migrates the database of its first argument and reports what it ran. */
import { migrate } from '#/db/migrate.ts';
import { openDatabase } from '#/db/open-database.ts';

const database = await openDatabase({ uri: process.argv[2] ?? '' });
const ran = await migrate(database);
await database.close();
process.send?.(ran);
process.disconnect();
