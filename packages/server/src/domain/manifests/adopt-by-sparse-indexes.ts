import { type Digest, parseManifest } from '@wharf/oci';
import type { Db } from '#/db/database.ts';
import { insertManifestChildren, listIndexBytes } from './queries.ts';

const indexesPerQuery = 50;

/**
 * Puts a manifest that was just stored under the indexes that were pushed before it and list it, so that they keep it
 * (`FEATURE_SPARSE_INDEX`). Reads all indexes of the repository, whose rows do not say what they lack.
 */
export async function adoptBySparseIndexes(
  db: Db,
  repositoryId: number,
  manifest: { readonly id: number; readonly digest: Digest },
): Promise<void> {
  let afterId = 0;
  for (;;) {
    const indexes = await listIndexBytes(db, { repositoryId, afterId, limit: indexesPerQuery });
    for (const { id, mediaType, bytes } of indexes) {
      if (!bytes.includes(manifest.digest)) continue;
      const { children } = parseManifest(mediaType, bytes);
      if (children.some(({ digest }) => digest === manifest.digest)) {
        await insertManifestChildren(db, repositoryId, id, [manifest.id]);
      }
    }
    const last = indexes.at(-1);
    if (last === undefined || indexes.length < indexesPerQuery) return;
    afterId = last.id;
  }
}
