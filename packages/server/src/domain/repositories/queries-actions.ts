import { sql } from 'kysely';
import type { Db } from '#/db/database.ts';
import { insertIgnore } from '#/db/insert-ignore.ts';

/** What counting knows of a repository. */
export interface CountedRepository {
  readonly id: number;
  readonly createdMs: number;
  /** When its actions were counted last. */
  readonly countedMs: number | null;
}

/** Repositories behind an id, by id. */
export async function listCountedRepositories(
  db: Db,
  page: { readonly afterId: number; readonly limit: number },
): Promise<CountedRepository[]> {
  return await db
    .selectFrom('repositories as r')
    .leftJoin('repository_scores as s', 's.repository_id', 'r.id')
    .select(['r.id', 'r.created_ms as createdMs', 's.updated_ms as countedMs'])
    .where('r.id', '>', page.afterId)
    .orderBy('r.id')
    .limit(page.limit)
    .execute();
}

/** Those of the repositories that still exist. */
export async function filterExisting(db: Db, ids: readonly number[]): Promise<ReadonlySet<number>> {
  const rows = await db.selectFrom('repositories').select('id').where('id', 'in', ids).execute();
  return new Set(rows.map(({ id }) => id));
}

/** The instant of the oldest entry of the action log. */
export async function findOldestActionMs(db: Db): Promise<number | undefined> {
  const row = await db
    .selectFrom('action_logs')
    .select('created_ms')
    .orderBy('created_ms')
    .limit(1)
    .executeTakeFirst();
  return row?.created_ms;
}

/** How many entries of the log each of the repositories has in a period; those without any are left out. */
export async function countActions(
  db: Db,
  ids: readonly number[],
  period: { readonly fromMs: number; readonly untilMs: number },
): Promise<{ readonly repositoryId: number; readonly count: number }[]> {
  const rows = await db
    .selectFrom('action_logs')
    .select((eb) => ['repository_id', eb.fn.countAll<number>().as('count')])
    .where('repository_id', 'in', ids)
    .where('created_ms', '>=', period.fromMs)
    .where('created_ms', '<', period.untilMs)
    .groupBy('repository_id')
    .execute();
  return rows.flatMap(({ repository_id: id, count }) =>
    id === null ? [] : [{ repositoryId: id, count: Number(count) }],
  );
}

/** Stores the count of a day unless it is there. */
export async function insertActionCount(
  db: Db,
  row: { readonly repositoryId: number; readonly day: number; readonly count: number },
): Promise<void> {
  await insertIgnore(db, 'repository_action_counts', {
    repository_id: row.repositoryId,
    day: row.day,
    count: row.count,
  });
}

/** For each repository with counts, their sum from one day to another, both inclusive, for each of the ranges. */
export async function sumActionCounts(
  db: Db,
  ids: readonly number[],
  ranges: readonly { readonly firstDay: number; readonly lastDay: number }[],
): Promise<ReadonlyMap<number, readonly number[]>> {
  const sums = ranges.map(({ firstDay, lastDay }, index) =>
    sql<number>`sum(case when day between ${firstDay} and ${lastDay} then count else 0 end)`.as(
      `sum${index}`,
    ),
  );
  const rows = await db
    .selectFrom('repository_action_counts')
    .select('repository_id')
    .select(sums)
    .where('repository_id', 'in', ids)
    .where('day', '>=', Math.min(...ranges.map(({ firstDay }) => firstDay)))
    .groupBy('repository_id')
    .execute();
  return new Map(
    rows.map((row) => [row.repository_id, ranges.map((_, index) => Number(row[`sum${index}`] ?? 0))]),
  );
}

/** Notes the score of a repository and that its actions are counted up to now. */
export async function setRepositoryScore(
  db: Db,
  row: { readonly repositoryId: number; readonly score: number; readonly nowMs: number },
): Promise<void> {
  const values = { score: row.score, updated_ms: row.nowMs };
  const inserted = await insertIgnore(db, 'repository_scores', {
    repository_id: row.repositoryId,
    ...values,
  });
  if (inserted) return;
  await db
    .updateTable('repository_scores')
    .set(values)
    .where('repository_id', '=', row.repositoryId)
    .execute();
}

/** Removes counts of days before `beforeDay`, at most `limit`; returns how many. */
export async function deleteActionCounts(db: Db, beforeDay: number, limit: number): Promise<number> {
  const rows = await db
    .selectFrom('repository_action_counts')
    .select(['repository_id', 'day'])
    .where('day', '<', beforeDay)
    .orderBy('day')
    .limit(limit)
    .execute();
  for (const [day, ids] of Map.groupBy(rows, (row) => row.day)) {
    await db
      .deleteFrom('repository_action_counts')
      .where('day', '=', day)
      .where(
        'repository_id',
        'in',
        ids.map((row) => row.repository_id),
      )
      .execute();
  }
  return rows.length;
}
