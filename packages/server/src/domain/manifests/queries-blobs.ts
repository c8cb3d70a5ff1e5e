import type { Db } from '#/db/database.ts';

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
  const row = await selectBlobsBelow(db, manifestIds)
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

/** Blobs that the manifest names, and those of the manifests that it lists, at any depth. */
export async function listBlobIdsBelow(db: Db, manifestId: number): Promise<number[]> {
  const rows = await selectBlobsBelow(db, [manifestId])
    .select('manifest_blobs.blob_id as blobId')
    .distinct()
    .execute();
  return rows.map((row) => row.blobId);
}

/** Rows of `manifest_blobs` of the manifests, and of those that they list, at any depth. */
function selectBlobsBelow(db: Db, manifestIds: readonly number[]) {
  return db
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
    .innerJoin('manifest_blobs', 'manifest_blobs.manifest_id', 'below.id');
}
