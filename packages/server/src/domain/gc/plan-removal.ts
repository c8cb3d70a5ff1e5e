import type { Digest } from '@wharf/oci';
import type { Db } from '#/db/database.ts';
import { listBlobsOfManifests, listChildIds, listUnkeptManifests } from '#/domain/manifests/index.ts';
import { listTaggedManifestIds } from '#/domain/tags/index.ts';

/** What one transaction removes at most, unless a single manifest names more. */
const mostManifests = 200;
const mostBlobs = 2000;

export interface RemovalPlan {
  readonly manifestIds: ReadonlySet<number>;
  /** Of those manifests: to be locked before the repository. */
  readonly digests: readonly Digest[];
}

/**
 * Which manifests would go with these tags, from the top down, as it looks before anything is locked. What comes to light only later,
 * or is too much, is left to another round.
 */
export async function planRemoval(db: Db, tagIds: readonly number[]): Promise<RemovalPlan> {
  const manifestIds = new Set<number>();
  const digests = new Set<Digest>();
  let level = await listUnkeptManifests(db, await listTaggedManifestIds(db, tagIds), {
    tagIds,
    parentIds: [],
  });
  while (level.length > 0 && manifestIds.size < mostManifests && digests.size < mostBlobs) {
    const planned = level.slice(0, mostManifests - manifestIds.size);
    for (const id of planned) manifestIds.add(id);
    for (const { digest } of await listBlobsOfManifests(db, planned)) digests.add(digest);
    const children = (await listChildIds(db, planned)).filter((id) => !manifestIds.has(id));
    level = await listUnkeptManifests(db, children, { tagIds, parentIds: [...manifestIds] });
  }
  return { manifestIds, digests: [...digests] };
}
