import { sql } from 'kysely';
import type { Database } from '#/db/database.ts';
import { insertTestRepository } from './repositories.ts';

const manifests = 1000;
const dayMs = 24 * 3600 * 1000;

/**
 * A repository with many tags `release-<number>`, one a second, of which every third ends after a day; made by the database itself, and
 * its statistics brought up to date. Returns its id.
 */
export async function fillTags(
  database: Database,
  filling: { readonly count: number; readonly startMs: number },
): Promise<number> {
  const { count, startMs } = filling;
  const repositoryId = await insertTestRepository(database);
  await database.transaction(async (db) => {
    await db
      .insertInto('manifests')
      .values(
        Array.from({ length: manifests }, (_, index) => ({
          repository_id: repositoryId,
          digest: `sha256:${index.toString(16).padStart(64, '0')}`,
          media_type: 'application/vnd.oci.image.manifest.v1+json',
          size_bytes: 2,
          config_media_type: null,
          artifact_type: null,
          subject_digest: null,
          annotations_json: null,
          layers_size_bytes: index,
          created_ms: startMs,
          bytes: Buffer.from('{}'),
        })),
      )
      .execute();
    const { first } = await db
      .selectFrom('manifests')
      .select((eb) => eb.fn.min<number>('id').as('first'))
      .where('repository_id', '=', repositoryId)
      .executeTakeFirstOrThrow();
    if (database.dialect === 'mysql') {
      await sql`set max_recursive_iterations = ${sql.lit(count)}`.execute(db);
    }
    await sql`
      insert into tags (repository_id, name, manifest_id, start_ms, end_ms, hidden, reversion, immutable)
      with recursive numbers(i) as (select 0 union all select i + 1 from numbers where i < ${sql.lit(count - 1)})
      select ${sql.lit(repositoryId)}, concat('release-', i), ${sql.lit(first)} + i % ${sql.lit(manifests)},
        ${sql.lit(startMs)} + i * 1000, case when i % 3 = 0 then ${sql.lit(startMs)} + i * 1000 + ${sql.lit(dayMs)} end, 0, 0, 0
      from numbers`.execute(db);
    await db.insertInto('tag_counts').values({ repository_id: repositoryId, visible: count }).execute();
  });
  const analyze = database.dialect === 'mysql' ? 'analyze table tags' : 'analyze';
  await database.transaction((db) => sql.raw(analyze).execute(db));
  // As PostgreSQL does by itself a little later, outside of any transaction: only then an index alone answers.
  if (database.dialect === 'postgresql') await sql.raw('vacuum tags').execute(database.read);
  return repositoryId;
}
