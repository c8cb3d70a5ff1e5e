import type { Services } from '#/domain/services.ts';
import {
  beginMeasurement,
  endMeasurement,
  findRegistrySize,
  queueMeasurement,
  type RegistrySize,
  sumBlobSizes,
} from './queries/registry-size.ts';

/** Rows of one query: short enough to hold up nobody. */
const pageSize = 5000;

/** What the registry holds by its last measurement; each blob counts once, however many repositories have it. */
export async function getRegistrySize({ database }: Pick<Services, 'database'>): Promise<RegistrySize> {
  const found = await findRegistrySize(database.read);
  return found ?? { sizeBytes: 0, completedMs: null, queued: false, running: false };
}

/** Asks for a measurement in the background; false when one waits or runs already. */
export async function queueRegistrySize({ database }: Pick<Services, 'database'>): Promise<boolean> {
  return database.transaction((db) => queueMeasurement(db));
}

/**
 * Measures what the registry holds if somebody asked for it; true when it did. A run that `signal` or a crash ends early is done again
 * by the next. One at a time over all nodes.
 */
export async function measureRegistrySize(
  { database, clock }: Pick<Services, 'database' | 'clock'>,
  options: { readonly signal?: AbortSignal; readonly pageSize?: number } = {},
): Promise<boolean> {
  if (!(await database.transaction((db) => beginMeasurement(db)))) return false;
  let sizeBytes = 0;
  let afterId = 0;
  for (;;) {
    if (options.signal?.aborted === true) return false;
    const page = await sumBlobSizes(database.read, { afterId, limit: options.pageSize ?? pageSize });
    if (page === undefined) break;
    sizeBytes += page.sizeBytes;
    afterId = page.lastId;
  }
  await database.transaction((db) => endMeasurement(db, { sizeBytes, nowMs: clock.nowMs() }));
  return true;
}
