import { clockSkewMs } from '#/domain/blobs/index.ts';
import { advanceRepository } from '#/domain/repositories/index.ts';
import type { Services } from '#/domain/services.ts';
import { forgetEndedNames as forgetNames, listCurrentTagIds } from '#/domain/tags/index.ts';
import type { CollectionOptions } from './collect-tags.ts';
import { createCollectionProgress } from './collection-progress.ts';
import { walkEndedTags } from './walk-ended-tags.ts';

const batchSize = 100;

/**
 * Takes tags whose lifetime is over out of the table of present tags, so that lists do not walk over them; the history keeps them.
 * Returns how many. Runs on any number of nodes at once.
 */
export async function forgetEndedNames(
  services: Pick<Services, 'database' | 'clock'>,
  options: CollectionOptions = {},
): Promise<number> {
  const { database, clock } = services;
  const { signal, progress = createCollectionProgress() } = options;
  const untilMs = clock.nowMs() - clockSkewMs;
  const fromMs = progress.startOf('names', clock.nowMs());
  let forgotten = 0;
  for await (const { repositoryId, tags } of walkEndedTags(database, {
    hidden: false,
    fromMs,
    untilMs,
    signal,
  })) {
    const ids = [
      ...(await listCurrentTagIds(
        database.read,
        tags.map(({ id }) => id),
      )),
    ];
    for (let start = 0; start < ids.length; start += batchSize) {
      forgotten += await database.transaction(async (db) => {
        await advanceRepository(db, repositoryId);
        return await forgetNames(db, ids.slice(start, start + batchSize), untilMs);
      });
    }
  }
  if (signal?.aborted !== true) progress.reached('names', untilMs);
  return forgotten;
}
