import { sql } from 'kysely';
import type { Database } from '#/db/database.ts';
import { insertTestRepository } from './repositories.ts';

/**
 * A namespace with many repositories, made by SQLite or PostgreSQL itself, and its statistics brought up to date. Returns the id of the
 * namespace.
 */
export async function fillRepositories(
  database: Database,
  filling: { readonly count: number; readonly visibility: 'public' | 'private' },
): Promise<number> {
  const repositoryId = await insertTestRepository(database);
  const { namespace_id: namespaceId } = await database.read
    .selectFrom('repositories')
    .select('namespace_id')
    .where('id', '=', repositoryId)
    .executeTakeFirstOrThrow();
  await database.transaction(async (db) => {
    await sql`
      insert into repositories (uuid, namespace_id, name, visibility, kind, state, description, badge_token, trust_enabled, created_ms, event_number)
      with recursive numbers(i) as (select 0 union all select i + 1 from numbers where i < ${sql.lit(filling.count - 1)})
      select ${sql.lit(String(namespaceId))} || '-' || i, ${sql.lit(namespaceId)}, 'service-' || i, ${sql.lit(filling.visibility)},
        'image', 'NORMAL', 'A service of the team.', 'badge', 0, 0, 0
      from numbers`.execute(db);
    await sql.raw('analyze').execute(db);
  });
  return namespaceId;
}
