import type { Db } from '#/db/database.ts';
import { clockSkewMs, forgetHiddenBlobs, leaveExpiredLinks, lockBlobs } from '#/domain/blobs/index.ts';
import {
  deleteManifestRows,
  listBlobsOfManifests,
  listChildIds,
  listUnkeptManifests,
} from '#/domain/manifests/index.ts';
import { advanceRepository } from '#/domain/repositories/index.ts';
import type { Services } from '#/domain/services.ts';
import {
  deleteTagRows,
  leaveEndedTags,
  listRemovableTags,
  listTaggedManifestIds,
} from '#/domain/tags/index.ts';
import { planRemoval, type RemovalPlan } from './plan-removal.ts';
import { findWindowOfRepository } from './queries.ts';

export interface RemovedTags {
  readonly tags: number;
  readonly manifests: number;
}

/**
 * Removes rows of the history of one repository and, in the same transaction, the manifests that nothing keeps then. Blobs that
 * they named are left a link that ran out, and manifests that are too many a hidden tag that ended: at no moment is there garbage
 * that no index leads to. `ended` looks again whether the time of each tag is over; `all` is for repositories that are being deleted.
 */
export async function removeTags(
  services: Pick<Services, 'database' | 'clock'>,
  input: {
    readonly repositoryId: number;
    readonly tagIds: readonly number[];
    readonly which: 'ended' | 'all';
  },
): Promise<RemovedTags> {
  const { database, clock } = services;
  const { repositoryId } = input;
  const plan = await planRemoval(database.read, input.tagIds);
  return await database.transaction(async (db) => {
    await lockBlobs(db, plan.digests);
    const repository = await advanceRepository(db, repositoryId);
    const nowMs = clock.nowMs();
    const isDoomed = repository?.state === 'MARKED_FOR_DELETION';
    if (repository === undefined || (input.which === 'all' && !isDoomed)) return { tags: 0, manifests: 0 };
    const tagIds =
      input.which === 'all' ? input.tagIds : await listEnded(db, repositoryId, input.tagIds, nowMs);
    const manifestIds = await listTaggedManifestIds(db, tagIds);
    await deleteTagRows(db, tagIds);
    const manifests = await removeUnkept(db, { repositoryId, manifestIds, plan, nowMs });
    return { tags: tagIds.length, manifests };
  });
}

/** Those of the tags whose time is over on every node. */
async function listEnded(
  db: Db,
  repositoryId: number,
  tagIds: readonly number[],
  nowMs: number,
): Promise<number[]> {
  const windowSeconds = await findWindowOfRepository(db, repositoryId);
  if (windowSeconds === undefined) return [];
  const hiddenUntilMs = nowMs - clockSkewMs;
  return await listRemovableTags(db, tagIds, {
    hiddenUntilMs,
    visibleUntilMs: hiddenUntilMs - windowSeconds * 1000,
  });
}

interface Removal {
  readonly repositoryId: number;
  /** Those that lost what kept them. */
  readonly manifestIds: readonly number[];
  readonly plan: RemovalPlan;
  readonly nowMs: number;
}

/** From the top down; the blobs and the repository are locked. */
async function removeUnkept(db: Db, { repositoryId, plan, nowMs, ...removal }: Removal): Promise<number> {
  let level: readonly number[] = removal.manifestIds;
  let removed = 0;
  while (level.length > 0) {
    const unkept = await listUnkeptManifests(db, level);
    const planned = unkept.filter((id) => plan.manifestIds.has(id));
    const later = unkept.filter((id) => !plan.manifestIds.has(id));
    await leaveEndedTags(db, { repositoryId, manifestIds: later, endMs: nowMs - clockSkewMs });
    level = await listChildIds(db, planned);
    const blobs = await listBlobsOfManifests(db, planned);
    const blobIds = blobs.map(({ id }) => id);
    await leaveExpiredLinks(db, { repositoryId, blobIds, nowMs });
    await deleteManifestRows(db, planned);
    await forgetHiddenBlobs(db, repositoryId, blobIds);
    removed += planned.length;
  }
  return removed;
}
