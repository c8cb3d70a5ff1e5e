import type { Digest } from '@wharf/oci';
import type { Db } from '#/db/database.ts';
import { type Blob, findBlobs, lockBlobs } from '#/domain/blobs/index.ts';
import type { PreparedManifest } from './prepare-manifest.ts';

/**
 * Locks, against removal, and finds those blobs of a manifest that its repository sees. To be called first in the transaction:
 * blobs are locked before repositories everywhere.
 */
export async function findManifestBlobs(
  db: Db,
  repositoryId: number,
  { parsed }: PreparedManifest,
  nowMs: number,
): Promise<ReadonlyMap<string, Blob>> {
  const digests = new Set<Digest>([
    ...parsed.requiredBlobs.map(({ digest }) => digest),
    // Foreign layers need not be here, but are kept where they are.
    ...parsed.layers.map(({ digest }) => digest),
    // The entries of an index may be blobs: some build caches are pushed so.
    ...parsed.children.filter(({ kind }) => kind === undefined).map(({ digest }) => digest),
  ]);
  const wanted = [...digests];
  await lockBlobs(db, wanted);
  return findBlobs(db, repositoryId, wanted, nowMs);
}
