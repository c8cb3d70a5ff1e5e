import { listLinkedBlobIds, unlinkBlob } from '#/domain/blobs/index.ts';
import { listStrayManifests } from '#/domain/manifests/index.ts';
import { deleteEmptyRepository } from '#/domain/repositories/index.ts';
import type { Services } from '#/domain/services.ts';
import { leaveEndedTags, listTagIds } from '#/domain/tags/index.ts';
import { endRepositoryUploads } from '#/domain/uploads/index.ts';
import { removeTags } from './remove-tags.ts';

const batchSize = 50;

/** How a purge ended: `waiting` for the lease of a push, which runs out; `stopped` because it was told to. */
export type PurgeOutcome = 'done' | 'waiting' | 'stopped';

/** What a purge asks before each small step: whether to go on. */
export type KeepOn = () => Promise<boolean>;

/**
 * Removes what a repository marked for deletion holds, then the repository: tags and manifests, uploads, links of blobs, the rest.
 * Every step is a small transaction of its own, so that a purge that was interrupted goes on where it stood; several at once do no harm.
 */
export async function purgeRepository(
  services: Services,
  repositoryId: number,
  keepOn: KeepOn,
): Promise<PurgeOutcome> {
  for (;;) {
    if (!(await removeHistory(services, repositoryId, keepOn))) return 'stopped';
    for (;;) {
      if (!(await keepOn())) return 'stopped';
      if ((await endRepositoryUploads(services, { repositoryId, limit: batchSize })) < batchSize) break;
    }
    const links = await unlinkBlobs(services, repositoryId, keepOn);
    if (links !== 'done') return links;
    if (await services.database.transaction((db) => deleteEmptyRepository(db, repositoryId))) return 'done';
  }
}

/** Tags with their manifests; false when told to stop. */
async function removeHistory(services: Services, repositoryId: number, keepOn: KeepOn): Promise<boolean> {
  const { database, clock } = services;
  for (;;) {
    if (!(await keepOn())) return false;
    const tagIds = await listTagIds(database.read, repositoryId, batchSize);
    if (tagIds.length > 0) {
      const { tags } = await removeTags(services, { repositoryId, tagIds, which: 'all' });
      // Not marked for deletion, or gone.
      if (tags === 0) return true;
      continue;
    }
    const manifestIds = await listStrayManifests(database.read, repositoryId, batchSize);
    if (manifestIds.length === 0) return true;
    const endMs = clock.nowMs();
    await database.transaction((db) => leaveEndedTags(db, { repositoryId, manifestIds, endMs }));
  }
}

async function unlinkBlobs(services: Services, repositoryId: number, keepOn: KeepOn): Promise<PurgeOutcome> {
  const { database, clock } = services;
  let afterId = 0;
  let isWaiting = false;
  for (;;) {
    if (!(await keepOn())) return 'stopped';
    const blobIds = await listLinkedBlobIds(database.read, { repositoryId, afterId, limit: batchSize });
    for (const blobId of blobIds) {
      const isGone = await database.transaction((db) =>
        unlinkBlob(db, { repositoryId, blobId, nowMs: clock.nowMs() }),
      );
      if (!isGone) isWaiting = true;
    }
    const last = blobIds.at(-1);
    if (last === undefined) return isWaiting ? 'waiting' : 'done';
    afterId = last;
  }
}
