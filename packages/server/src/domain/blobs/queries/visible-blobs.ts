import { type Digest, emptyLayerDigest } from '@wharf/oci';
import type { Expression, ExpressionBuilder, SqlBool } from 'kysely';
import type { Db } from '#/db/database.ts';
import { prepareQuery } from '#/db/prepare-query.ts';
import type { Schema } from '#/db/schema.ts';
import type { Blob } from '#/domain/blobs/blob.ts';
import { systemClock } from '#/platform/clock.ts';
import { listLimit } from './list-limit.ts';

/** The rule of visibility (registry protocol, blob download): in use by a manifest there, or lately uploaded or mounted there. */
function isVisible(repositoryId: number, nowMs: number) {
  return (eb: ExpressionBuilder<Schema, 'blobs'>): Expression<SqlBool> =>
    eb.or([
      eb('blobs.digest', '=', emptyLayerDigest),
      eb.and([
        eb.or([
          eb.exists(
            eb
              .selectFrom('manifest_blobs')
              .select('manifest_blobs.blob_id')
              .where('manifest_blobs.repository_id', '=', repositoryId)
              .whereRef('manifest_blobs.blob_id', '=', 'blobs.id'),
          ),
          eb.exists(
            eb
              .selectFrom('blob_links')
              .select('blob_links.blob_id')
              .where('blob_links.repository_id', '=', repositoryId)
              .where('blob_links.expires_ms', '>', nowMs)
              .whereRef('blob_links.blob_id', '=', 'blobs.id'),
          ),
        ]),
        eb.not(
          eb.exists(
            eb
              .selectFrom('hidden_blobs')
              .select('hidden_blobs.blob_id')
              .where('hidden_blobs.repository_id', '=', repositoryId)
              .whereRef('hidden_blobs.blob_id', '=', 'blobs.id'),
          ),
        ),
      ]),
    ]);
}

function selectPlaced(db: Db) {
  return db
    .selectFrom('blobs')
    .innerJoin('blob_placements', 'blob_placements.blob_id', 'blobs.id')
    .innerJoin('storage_locations', 'storage_locations.id', 'blob_placements.location_id')
    .select([
      'blobs.id',
      'blobs.digest',
      'blobs.size_bytes',
      'blobs.legacy_uuid',
      'storage_locations.name as location',
    ]);
}

/** The blobs of that digest list which the repository may use, by digest; see findBlob. */
export async function findBlobs(
  db: Db,
  repositoryId: number,
  digests: readonly Digest[],
  nowMs: number = systemClock.nowMs(),
): Promise<Map<Digest, Blob>> {
  const found = new Map<Digest, Blob>();
  for (let start = 0; start < digests.length; start += listLimit) {
    const rows = await selectPlaced(db)
      .where('blobs.digest', 'in', digests.slice(start, start + listLimit))
      .where(isVisible(repositoryId, nowMs))
      .execute();
    for (const row of rows) {
      const digest = row.digest as Digest;
      const locations = [...(found.get(digest)?.locations ?? []), row.location];
      found.set(digest, {
        id: row.id,
        digest,
        sizeBytes: row.size_bytes,
        legacyUuid: row.legacy_uuid,
        locations,
      });
    }
  }
  return found;
}

const selectVisible = prepareQuery((db, repositoryId: number, digest: Digest, nowMs: number) =>
  selectPlaced(db)
    .select((eb) =>
      eb
        .selectFrom('blob_links')
        .select('blob_links.expires_ms')
        .where('blob_links.repository_id', '=', repositoryId)
        .where('blob_links.expires_ms', '>', nowMs)
        .whereRef('blob_links.blob_id', '=', 'blobs.id')
        .as('link_expires_ms'),
    )
    .where('blobs.digest', '=', digest)
    .where(isVisible(repositoryId, nowMs)),
);

/**
 * The blob, if the repository may use it: one of its manifests names it, or it was uploaded or mounted there and that link lies
 * not before `nowMs`, and no client deleted it since; the shared empty layer always.
 */
export async function findBlob(
  db: Db,
  repositoryId: number,
  digest: Digest,
  nowMs: number = systemClock.nowMs(),
): Promise<Blob | undefined> {
  return (await findVisibleBlob(db, repositoryId, digest, nowMs))?.blob;
}

/** As findBlob, with the time after which it has to be asked again even if nothing changes. */
export async function findVisibleBlob(
  db: Db,
  repositoryId: number,
  digest: Digest,
  nowMs: number,
): Promise<{ readonly blob: Blob; readonly untilMs: number | undefined } | undefined> {
  const rows = await selectVisible(db, repositoryId, digest, nowMs);
  const [row] = rows;
  if (row === undefined) return undefined;
  const blob = {
    id: row.id,
    digest,
    sizeBytes: row.size_bytes,
    legacyUuid: row.legacy_uuid,
    locations: rows.map(({ location }) => location),
  };
  return { blob, untilMs: row.link_expires_ms ?? undefined };
}

/** A blob by its row, whoever may see it. */
export async function findStoredBlob(db: Db, digest: Digest): Promise<Blob | undefined> {
  const rows = await selectPlaced(db).where('blobs.digest', '=', digest).execute();
  const [row] = rows;
  if (row === undefined) return undefined;
  return {
    id: row.id,
    digest,
    sizeBytes: row.size_bytes,
    legacyUuid: row.legacy_uuid,
    locations: rows.map(({ location }) => location),
  };
}

/** Ids of repositories in which the blob is visible, for a mount that names no source; at most `limit`, in order of id. */
export async function listRepositoriesWithBlob(
  db: Db,
  digest: Digest,
  options: { readonly limit: number; readonly nowMs: number },
): Promise<number[]> {
  const blob = await db.selectFrom('blobs').select('id').where('digest', '=', digest).executeTakeFirst();
  if (blob === undefined) return [];
  const rows = await db
    .selectFrom('manifest_blobs')
    .select('repository_id')
    .where('blob_id', '=', blob.id)
    .union(
      db
        .selectFrom('blob_links')
        .select('repository_id')
        .where('blob_id', '=', blob.id)
        .where('expires_ms', '>', options.nowMs),
    )
    .orderBy('repository_id')
    .limit(options.limit)
    .execute();
  return rows.map((row) => row.repository_id);
}
