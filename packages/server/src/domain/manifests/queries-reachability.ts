import type { Db } from '#/db/database.ts';

/*
 * What keeps a manifest. One rule, read upwards here (may it be read by digest?) and to be read downwards by collection:
 *
 *   A manifest is held by a tag row that points at it and is alive, visible or hidden, and by every index that lists it and is
 *   itself held. A manifest pushed by digest has a hidden tag; one with a subject has a hidden tag without an end, so deleting it
 *   is ending that tag. Nothing else holds a manifest, in particular neither its subject nor its referrers.
 *
 * Collection uses the same rule with a later end: visible tags hold for the time machine window after their end, hidden ones do
 * not. Whoever removes manifests must lock the repository's row first, as pushes do.
 */

export interface HoldingTime {
  readonly nowMs: number;
  /** How long a visible tag holds after its end; 0 asks whether the manifest can be read. */
  readonly windowMs: number;
}

/** Those of the manifests that are held. */
export async function findHeldManifests(
  db: Db,
  manifestIds: readonly number[],
  { nowMs, windowMs }: HoldingTime,
): Promise<ReadonlySet<number>> {
  if (manifestIds.length === 0) return new Set();
  const rows = await db
    .withRecursive('holders(origin, id)', (query) =>
      query
        .selectFrom('manifests')
        .select(['manifests.id as origin', 'manifests.id as id'])
        .where('manifests.id', 'in', manifestIds)
        .union((union) =>
          union
            .selectFrom('manifest_children')
            .innerJoin('holders', 'holders.id', 'manifest_children.child_manifest_id')
            .select(['holders.origin as origin', 'manifest_children.manifest_id as id']),
        ),
    )
    .selectFrom('holders')
    .innerJoin('tags', 'tags.manifest_id', 'holders.id')
    .select('holders.origin as origin')
    .distinct()
    .where((eb) =>
      eb.or([
        eb('tags.end_ms', 'is', null),
        eb('tags.end_ms', '>', nowMs),
        eb.and([eb('tags.hidden', '=', 0), eb('tags.end_ms', '>', nowMs - windowMs)]),
      ]),
    )
    .execute();
  return new Set(rows.map(({ origin }) => origin));
}
