import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { defineValidator } from '#/config/validators/define-validator.ts';
import { reasonOf } from '#/config/validators/reason-of.ts';
import { openDatabase } from '#/db/open-database.ts';

const connectLimitSeconds = 5;

/** Connects as the server would. Quay also asks PostgreSQL for the extension pg_trgm, which nothing here needs. */
export const databaseValidator = defineValidator({
  service: 'database',
  runsWhen: () => true,
  async check({ configuration }) {
    const { uri, connectionArguments } = configuration.database;
    // Opening an embedded database makes it.
    if (uri.startsWith('sqlite:')) return await findDirectoryFault(uri.replace(/^sqlite:\/\/\/?/, ''));
    try {
      const database = await openDatabase({
        uri,
        connectionArgs: { ...connectionArguments, connect_timeout: connectLimitSeconds },
        pooling: false,
      });
      await database.close();
      return undefined;
    } catch (error) {
      const cause = error instanceof Error && error.cause !== undefined ? `: ${reasonOf(error.cause)}` : '';
      return `${reasonOf(error)}${cause}`;
    }
  },
});

async function findDirectoryFault(path: string): Promise<string | undefined> {
  const found = await stat(dirname(path)).catch(() => undefined);
  return found?.isDirectory() === true
    ? undefined
    : `DB_URI names a file in a directory that does not exist.`;
}
