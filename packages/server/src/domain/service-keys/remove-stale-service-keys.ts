import type { Db } from '#/db/database.ts';
import type { Services } from '#/domain/services.ts';
import { withdrawServiceKey } from './announce-service-key.ts';
import { deleteServiceKeyRow, listStaleServiceKeys } from './queries.ts';

/** How long keys stay that are no longer of use, or not yet. */
export interface ServiceKeyRetention {
  /** `UNAPPROVED_SERVICE_KEY_TTL_SEC` */
  readonly unapprovedKeyLifeSeconds: number;
  /** `EXPIRED_SERVICE_KEY_TTL_SEC` */
  readonly expiredKeyLifeSeconds: number;
}

/** Most keys that one transaction removes. */
const batchSize = 100;

/**
 * Deletes keys whose time is over, of one service or of all, and what superusers were told of them, in the caller's transaction; at
 * most a batch, returns how many.
 */
export async function removeStaleServiceKeys(
  { clock }: Pick<Services, 'clock'>,
  db: Db,
  input: { readonly service?: string; readonly retention: ServiceKeyRetention },
): Promise<number> {
  const nowMs = clock.nowMs();
  const stale = await listStaleServiceKeys(db, {
    service: input.service,
    nowMs,
    expiredBeforeMs: nowMs - input.retention.expiredKeyLifeSeconds * 1000,
    unapprovedBeforeMs: nowMs - input.retention.unapprovedKeyLifeSeconds * 1000,
    limit: batchSize,
  });
  for (const { id, kid } of stale) {
    await deleteServiceKeyRow(db, id);
    await withdrawServiceKey(db, kid);
  }
  return stale.length;
}

/** As removeStaleServiceKeys, for all services until nothing is left or `signal` says so. */
export async function cleanServiceKeys(
  services: Services,
  options: { readonly retention: ServiceKeyRetention; readonly signal?: AbortSignal },
): Promise<number> {
  let total = 0;
  while (options.signal?.aborted !== true) {
    const removed = await services.database.transaction((db) =>
      removeStaleServiceKeys(services, db, options),
    );
    total += removed;
    if (removed < batchSize) break;
  }
  return total;
}
