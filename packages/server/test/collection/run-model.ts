import { join } from 'node:path';
import { migrate } from '#/db/migrate.ts';
import { openDatabase } from '#/db/open-database.ts';
import { scratchDirectory } from '#/testing/scratch-directory.ts';
import { runEpisode } from './run-episode.ts';

/* node run-model.ts SEED EPISODES [FIRST]: episodes on SQLite, one after the other; ends with 1 and the reason at the first that fails. */

const [seed = '1', episodes = '1', first = '0'] = process.argv.slice(2);
for (let n = Number(first); n < Number(first) + Number(episodes); n += 1) {
  const database = await openDatabase({ uri: `sqlite:///${join(scratchDirectory(), `${n}.db`)}` });
  try {
    await migrate(database);
    await runEpisode(database, `${seed}-${n}`);
  } catch (error) {
    process.stdout.write(
      `episode ${n}: ${error instanceof Error ? error.message : error}\n${error instanceof Error && error.cause instanceof Error ? error.cause.stack : ''}\n`,
    );
    process.exitCode = 1;
    break;
  } finally {
    await database.close();
  }
}
