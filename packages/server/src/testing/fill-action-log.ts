import { sql } from 'kysely';
import type { Database } from '#/db/database.ts';

export interface LogFilling {
  /** Number of the first entry, which is also what its instant adds to `startMs`. */
  readonly from: number;
  /** Number behind the last one. */
  readonly to: number;
  readonly startMs: number;
  /** Namespace of one entry in four; the rest belongs to many others. */
  readonly accountId: number;
}

/** Entries of the action log by the million, made by SQLite or PostgreSQL itself, and its statistics brought up to date. */
export async function fillActionLog(database: Database, filling: LogFilling): Promise<void> {
  const { from, to, startMs, accountId } = filling;
  await database.transaction((db) =>
    sql`
      insert into action_logs (uuid, kind, account_id, performer_id, repository_id, created_ms, ip, metadata_json)
      with recursive numbers(i) as (select ${sql.lit(from)} union all select i + 1 from numbers where i < ${sql.lit(to - 1)})
      select 'entry-' || i, 'pull_repo', case when i % 4 = 0 then ${sql.lit(accountId)} else i % 997 + 100 end,
        i % 101, i % 499, ${sql.lit(startMs)} + i, '192.0.2.7', '{"namespace":"acme","repo":"app","tag":"latest"}'
      from numbers`.execute(db),
  );
  await database.transaction((db) => sql.raw('analyze').execute(db));
}
