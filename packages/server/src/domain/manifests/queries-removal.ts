import type { Digest } from '@wharf/oci';
import type { Db } from '#/db/database.ts';

const listLimit = 500;

/**
 * Those of the manifests that nothing would keep if `withoutTags` and `withoutParents` were gone: no other tag row points at them,
 * dead or alive, and no other index lists them.
 */
export async function listUnkeptManifests(
  db: Db,
  manifestIds: readonly number[],
  gone: { readonly tagIds: readonly number[]; readonly parentIds: readonly number[] } = {
    tagIds: [],
    parentIds: [],
  },
): Promise<number[]> {
  const unkept: number[] = [];
  for (let start = 0; start < manifestIds.length; start += listLimit) {
    const rows = await db
      .selectFrom('manifests')
      .select('manifests.id')
      .where('manifests.id', 'in', manifestIds.slice(start, start + listLimit))
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('tags')
              .select('tags.id')
              .whereRef('tags.manifest_id', '=', 'manifests.id')
              .$if(gone.tagIds.length > 0, (query) => query.where('tags.id', 'not in', gone.tagIds)),
          ),
        ),
      )
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('manifest_children')
              .select('manifest_children.manifest_id')
              .whereRef('manifest_children.child_manifest_id', '=', 'manifests.id')
              .$if(gone.parentIds.length > 0, (query) =>
                query.where('manifest_children.manifest_id', 'not in', gone.parentIds),
              ),
          ),
        ),
      )
      .orderBy('manifests.id')
      .execute();
    unkept.push(...rows.map((row) => row.id));
  }
  return unkept;
}

/** Manifests that these indexes list, each once. */
export async function listChildIds(db: Db, manifestIds: readonly number[]): Promise<number[]> {
  const children = new Set<number>();
  for (let start = 0; start < manifestIds.length; start += listLimit) {
    const rows = await db
      .selectFrom('manifest_children')
      .select('child_manifest_id')
      .distinct()
      .where('manifest_id', 'in', manifestIds.slice(start, start + listLimit))
      .execute();
    for (const row of rows) children.add(row.child_manifest_id);
  }
  return [...children];
}

/** Blobs that these manifests name, each once. */
export async function listBlobsOfManifests(
  db: Db,
  manifestIds: readonly number[],
): Promise<{ readonly id: number; readonly digest: Digest }[]> {
  const blobs = new Map<number, Digest>();
  for (let start = 0; start < manifestIds.length; start += listLimit) {
    const rows = await db
      .selectFrom('manifest_blobs')
      .innerJoin('blobs', 'blobs.id', 'manifest_blobs.blob_id')
      .select(['blobs.id', 'blobs.digest'])
      .distinct()
      .where('manifest_blobs.manifest_id', 'in', manifestIds.slice(start, start + listLimit))
      .execute();
    for (const row of rows) blobs.set(row.id, row.digest as Digest);
  }
  return [...blobs].map(([id, digest]) => ({ id, digest }));
}

/** Removes manifests that nothing keeps, with their labels and what they name; under the lock of their repository. */
export async function deleteManifestRows(db: Db, manifestIds: readonly number[]): Promise<void> {
  for (let start = 0; start < manifestIds.length; start += listLimit) {
    const ids = manifestIds.slice(start, start + listLimit);
    await db.deleteFrom('manifest_labels').where('manifest_id', 'in', ids).execute();
    await db.deleteFrom('manifest_children').where('manifest_id', 'in', ids).execute();
    await db.deleteFrom('manifest_blobs').where('manifest_id', 'in', ids).execute();
    await db.deleteFrom('manifests').where('id', 'in', ids).execute();
  }
}

/** Manifests of a repository that nothing keeps, at most `limit`: there are none unless rows were written by hand. */
export async function listStrayManifests(db: Db, repositoryId: number, limit: number): Promise<number[]> {
  const rows = await db
    .selectFrom('manifests')
    .select('id')
    .where('repository_id', '=', repositoryId)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('manifest_children')
            .select('manifest_children.manifest_id')
            .whereRef('manifest_children.child_manifest_id', '=', 'manifests.id'),
        ),
      ),
    )
    .limit(limit)
    .execute();
  return rows.map((row) => row.id);
}
