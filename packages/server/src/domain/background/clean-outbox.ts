import type { Services } from '#/domain/services.ts';
import { deleteParked } from './queries/outbox.ts';

const keptForMs = 30 * 24 * 3600 * 1000;
const batchSize = 500;

/** Removes parked events a month after their last attempt; returns how many. */
export async function cleanOutbox(
  { database, clock }: Pick<Services, 'database' | 'clock'>,
  options: { readonly signal?: AbortSignal } = {},
): Promise<number> {
  const beforeMs = clock.nowMs() - keptForMs;
  let removed = 0;
  for (;;) {
    const batch = await database.transaction((db) => deleteParked(db, beforeMs, batchSize));
    removed += batch;
    if (batch < batchSize || options.signal?.aborted === true) return removed;
  }
}
