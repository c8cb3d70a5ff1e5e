import type { Digest } from '@wharf/oci';
import type { Db } from '#/db/database.ts';
import { lockRowShared } from '#/db/lock-row-shared.ts';

/**
 * Locks the rows of blobs against removal, in the order of their digests, so that pushes of shared layers never wait for each
 * other in a circle; any number of pushes may hold the same row.
 */
export async function lockBlobRows(db: Db, digests: readonly Digest[]): Promise<void> {
  if (digests.length === 0) return;
  const query = db.selectFrom('blobs').select('id').where('digest', 'in', digests).orderBy('digest');
  await lockRowShared(db, query).execute();
}

/** A blob below the manifests that a client deleted there, if any: the image could not be pulled whole. */
export async function findHiddenBlobBelow(
  db: Db,
  repositoryId: number,
  manifestIds: readonly number[],
): Promise<string | undefined> {
  if (manifestIds.length === 0) return undefined;
  const anyHidden = await db
    .selectFrom('hidden_blobs')
    .select('blob_id')
    .where('repository_id', '=', repositoryId)
    .limit(1)
    .executeTakeFirst();
  if (anyHidden === undefined) return undefined;
  const row = await db
    .withRecursive('below(id)', (query) =>
      query
        .selectFrom('manifests')
        .select('manifests.id as id')
        .where('manifests.id', 'in', manifestIds)
        .union((union) =>
          union
            .selectFrom('manifest_children')
            .innerJoin('below', 'below.id', 'manifest_children.manifest_id')
            .select('manifest_children.child_manifest_id as id'),
        ),
    )
    .selectFrom('below')
    .innerJoin('manifest_blobs', 'manifest_blobs.manifest_id', 'below.id')
    .innerJoin('hidden_blobs', (join) =>
      join
        .onRef('hidden_blobs.blob_id', '=', 'manifest_blobs.blob_id')
        .onRef('hidden_blobs.repository_id', '=', 'manifest_blobs.repository_id'),
    )
    .innerJoin('blobs', 'blobs.id', 'manifest_blobs.blob_id')
    .select('blobs.digest as digest')
    .limit(1)
    .executeTakeFirst();
  return row?.digest;
}
