import { test } from 'node:test';
import { eachDatabase } from '#/testing/databases.ts';
import { chooseSeed } from '#/testing/push-random.ts';
import { runEpisode } from './run-episode.ts';

const isLong = process.env.WHARF_TEST_LONG === '1';
const given = process.env.WHARF_TEST_SEED;

eachDatabase('collection between clients', (open) => {
  test('nothing reachable is lost, and nothing else stays', async (context) => {
    const seed = chooseSeed();
    context.diagnostic(`WHARF_TEST_SEED=${seed}`);
    const first = await open();
    const episodes = (isLong ? 40 : 1) * (first.dialect === 'sqlite' ? 60 : 8);
    await runEpisode(first, given ?? `${seed}-0`);
    // A given seed is that of one episode.
    for (let n = 1; given === undefined && n < episodes; n += 1) {
      const database = await open();
      await runEpisode(database, `${seed}-${n}`);
      await database.close();
    }
  });
});
