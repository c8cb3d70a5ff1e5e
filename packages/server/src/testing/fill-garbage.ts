import { sql } from 'kysely';
import type { Database, Db } from '#/db/database.ts';
import { insertTestRepository } from './repositories.ts';

const blobsPerManifest = 5;
const dayMs = 24 * 3600 * 1000;

/**
 * A repository with images of five blobs: `live` blobs of tags that stay, then `dead` ones of tags that ended at `endedMs`; made by SQLite or
 * PostgreSQL itself. Needs an empty database; both counts are multiples of five.
 */
export async function fillGarbage(
  database: Database,
  filling: { readonly live: number; readonly dead: number; readonly endedMs: number },
): Promise<void> {
  const { live, dead, endedMs } = filling;
  const blobs = live + dead;
  const manifests = blobs / blobsPerManifest;
  const liveManifests = live / blobsPerManifest;
  const createdMs = endedMs - dayMs;
  const repositoryId = await insertTestRepository(database);
  await database.transaction(async (db) => {
    await db.insertInto('storage_locations').values({ name: 'default' }).execute();
    await sql`
      insert into blobs (id, digest, size_bytes, uncompressed_size_bytes, legacy_uuid, created_ms, lease_expires_ms)
      ${numbers(blobs)} select i + 1, 'sha256:' || i, 1, null, null, ${sql.lit(createdMs)}, ${sql.lit(createdMs)} from numbers`.execute(
      db,
    );
    await sql`
      insert into blob_placements (blob_id, location_id)
      select b.id, l.id from blobs b, storage_locations l where l.name = 'default'`.execute(db);
    await sql`
      insert into manifests (id, repository_id, digest, media_type, bytes, size_bytes, config_media_type, artifact_type,
        subject_digest, annotations_json, layers_size_bytes, created_ms)
      ${numbers(manifests)} select i + 1, ${sql.lit(repositoryId)}, 'sha256:m' || i, 'application/vnd.oci.image.manifest.v1+json',
        ${database.dialect === 'sqlite' ? sql.raw("x'7b7d'") : sql.raw("'\\x7b7d'::bytea")}, 2, null, null, null, null, 5, ${sql.lit(createdMs)} from numbers`.execute(
      db,
    );
    await sql`
      insert into manifest_blobs (repository_id, manifest_id, blob_id)
      select ${sql.lit(repositoryId)}, (b.id - 1) / ${sql.lit(blobsPerManifest)} + 1, b.id from blobs b`.execute(
      db,
    );
    await sql`
      insert into tags (repository_id, name, manifest_id, start_ms, end_ms, hidden, reversion, immutable)
      ${numbers(manifests)} select ${sql.lit(repositoryId)}, 't' || i, i + 1, ${sql.lit(createdMs)},
        case when i >= ${sql.lit(liveManifests)} then ${sql.lit(endedMs)} end, 0, 0, 0 from numbers`.execute(
      db,
    );
  });
  await database.transaction((db) => sql.raw('analyze').execute(db));
}

/** The start of a statement that counts from 0. */
function numbers(count: number) {
  return sql`with recursive numbers(i) as (select 0 union all select i + 1 from numbers where i < ${sql.lit(count - 1)})`;
}

/** How many blobs there are. */
export async function countBlobs(db: Db): Promise<number> {
  const { count } = await db
    .selectFrom('blobs')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
}
