import type { Services } from '#/domain/services.ts';
import { deleteOld } from './queries.ts';
import { lastingKinds } from './user-notification.ts';

const dayMs = 24 * 3600 * 1000;
const dismissedForDays = 30;
const unreadForDays = 180;
const batchSize = 500;

/** Removes what was dismissed a month after it was told, and what nobody read in half a year, unless it asks for something; returns how many. */
export async function cleanUserNotifications(
  { database, clock }: Pick<Services, 'database' | 'clock'>,
  options: { readonly signal?: AbortSignal } = {},
): Promise<number> {
  const nowMs = clock.nowMs();
  const rules = [
    { dismissed: true, beforeMs: nowMs - dismissedForDays * dayMs, keptKinds: [] },
    { dismissed: false, beforeMs: nowMs - unreadForDays * dayMs, keptKinds: lastingKinds },
  ];
  let removed = 0;
  for (const rule of rules) {
    for (;;) {
      if (options.signal?.aborted === true) return removed;
      const batch = await database.transaction((db) => deleteOld(db, { ...rule, limit: batchSize }));
      removed += batch;
      if (batch < batchSize) break;
    }
  }
  return removed;
}
