import type { Services } from '#/domain/services.ts';
import { deleteDead } from './queries/queue-items.ts';

const deadForMs = 24 * 3600 * 1000;
const batchSize = 500;
const smallBatch = 50;

/** Removes items that used up their retries more than a day ago; returns how many. */
export async function cleanQueue(
  { database, clock }: Pick<Services, 'database' | 'clock'>,
  options: { readonly signal?: AbortSignal } = {},
): Promise<number> {
  let removed = 0;
  for (;;) {
    const batch = await database.transaction((db) => deleteDead(db, clock.nowMs() - deadForMs, batchSize));
    removed += batch;
    if (batch < smallBatch || options.signal?.aborted === true) return removed;
  }
}
