import type { Digest } from '@wharf/oci';
import type { Db } from '#/db/database.ts';
import { deepestIndex, nestedTooDeep } from './index-content.ts';
import { countIndexesAbove, isMissedByIndexes, linkMissingChild } from './queries-sparse.ts';

/**
 * Puts a manifest that was just stored under the indexes that were pushed before it and list it, so that they keep it
 * (`FEATURE_SPARSE_INDEX`, which may have been switched off since). `indexLevels` says how many indexes lie one in another in the
 * manifest, itself included. Throws `manifest_invalid` if they would be nested more than `deepestIndex` deep.
 */
export async function adoptBySparseIndexes(
  db: Db,
  repositoryId: number,
  manifest: { readonly digest: Digest; readonly indexLevels: number },
): Promise<void> {
  const { digest, indexLevels } = manifest;
  if (!(await isMissedByIndexes(db, repositoryId, digest))) return;
  if (indexLevels > 0) {
    const above = await countIndexesAbove(db, repositoryId, digest, deepestIndex);
    if (above + indexLevels > deepestIndex) throw nestedTooDeep();
  }
  await linkMissingChild(db, repositoryId, digest);
}
