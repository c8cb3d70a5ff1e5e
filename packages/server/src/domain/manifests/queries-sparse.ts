import type { Digest } from '@wharf/oci';
import type { Db } from '#/db/database.ts';
import { prepareQuery } from '#/db/prepare-query.ts';

export async function insertMissingChildren(
  db: Db,
  repositoryId: number,
  manifestId: number,
  digests: readonly Digest[],
): Promise<void> {
  if (digests.length === 0) return;
  await db
    .insertInto('manifest_missing_children')
    .values(digests.map((digest) => ({ repository_id: repositoryId, manifest_id: manifestId, digest })))
    .execute();
}

const selectMissing = prepareQuery((db, repositoryId: number, digest: Digest) =>
  db
    .selectFrom('manifest_missing_children')
    .select('manifest_id')
    .where('repository_id', '=', repositoryId)
    .where('digest', '=', digest)
    .limit(1),
);

/** Whether an index of the repository lists the digest and lacks it: one look into an index of the database. */
export async function isMissedByIndexes(db: Db, repositoryId: number, digest: Digest): Promise<boolean> {
  return (await selectMissing(db, repositoryId, digest)).length > 0;
}

/** How many indexes lie one in another above a digest that they lack, at most `limit`. */
export async function countIndexesAbove(
  db: Db,
  repositoryId: number,
  digest: Digest,
  limit: number,
): Promise<number> {
  const row = await db
    .withRecursive('above(id, height)', (query) =>
      query
        .selectFrom('manifest_missing_children')
        .select((eb) => ['manifest_missing_children.manifest_id as id', eb.lit(1).as('height')])
        .where('repository_id', '=', repositoryId)
        .where('digest', '=', digest)
        .union((union) =>
          union
            .selectFrom('manifest_children')
            .innerJoin('above', 'above.id', 'manifest_children.child_manifest_id')
            .select((eb) => [
              'manifest_children.manifest_id as id',
              eb('above.height', '+', eb.lit(1)).as('height'),
            ])
            .where('above.height', '<', limit),
        ),
    )
    .selectFrom('above')
    .select((eb) => eb.fn.max('above.height').as('height'))
    .executeTakeFirst();
  return row?.height ?? 0;
}

/** Puts the manifest, which must be stored, under all indexes that lack it. */
export async function linkMissingChild(db: Db, repositoryId: number, digest: Digest): Promise<void> {
  await db
    .insertInto('manifest_children')
    .columns(['repository_id', 'manifest_id', 'child_manifest_id'])
    .expression((eb) =>
      eb
        .selectFrom('manifest_missing_children')
        .innerJoin('manifests', (join) =>
          join
            .onRef('manifests.repository_id', '=', 'manifest_missing_children.repository_id')
            .onRef('manifests.digest', '=', 'manifest_missing_children.digest'),
        )
        .select([
          'manifest_missing_children.repository_id',
          'manifest_missing_children.manifest_id',
          'manifests.id',
        ])
        .where('manifest_missing_children.repository_id', '=', repositoryId)
        .where('manifest_missing_children.digest', '=', digest),
    )
    .execute();
  await db
    .deleteFrom('manifest_missing_children')
    .where('repository_id', '=', repositoryId)
    .where('digest', '=', digest)
    .execute();
}
