import type { Services } from '#/domain/services.ts';
import { deleteNodesBefore, deleteOldVersions } from './queries.ts';

/** Enough to find what changed, few enough to hold certificates in each. */
export const keptVersions = 100;
const forgottenMs = 24 * 3600 * 1000;

/** Deletes old versions and nodes that are gone. */
export async function cleanConfiguration({
  database,
  clock,
}: Pick<Services, 'database' | 'clock'>): Promise<void> {
  await database.transaction(async (db) => {
    await deleteOldVersions(db, keptVersions);
    await deleteNodesBefore(db, clock.nowMs() - forgottenMs);
  });
}
