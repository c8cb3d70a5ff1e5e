import type { Services } from '#/domain/services.ts';
import {
  type CountedRepository,
  countActions,
  deleteActionCounts,
  filterExisting,
  findOldestActionMs,
  insertActionCount,
  listCountedRepositories,
  setRepositoryScore,
  sumActionCounts,
} from './queries-actions.ts';
import { repositoryScore, scoreBuckets, scoredDays } from './repository-score.ts';

const dayMs = 24 * 3600 * 1000;
const pageSize = 200;
const removalSize = 500;
/** `FEATURE_CLEAR_EXPIRED_RAC_ENTRIES` */
const shortKeptDays = 30;

/**
 * Counts the actions of every repository on each past day that was not counted yet, and its score; counts that are too old go. Each
 * repository notes how far it is counted, so that a run that was cut short, or days without any run, are caught up. Returns how many
 * repositories were counted. One at a time over all nodes.
 */
export async function countRepositoryActions(
  services: Services,
  options: { readonly keepsShort: boolean; readonly signal?: AbortSignal | undefined },
): Promise<number> {
  const { database, clock } = services;
  const nowMs = clock.nowMs();
  const today = Math.floor(nowMs / dayMs);
  const keptDays = options.keepsShort ? shortKeptDays : scoredDays;
  await removeOldCounts(services, today - keptDays, options.signal);
  const oldestMs = await findOldestActionMs(database.read);
  const firstDay = Math.max(today - keptDays, Math.floor((oldestMs ?? nowMs) / dayMs));
  let counted = 0;
  let afterId = 0;
  while (options.signal?.aborted !== true) {
    const page = await listCountedRepositories(database.read, { afterId, limit: pageSize });
    const last = page.at(-1);
    if (last === undefined) break;
    afterId = last.id;
    const due = page.filter(({ countedMs }) => countedMs === null || countedMs < today * dayMs);
    if (due.length > 0) await countPage(services, due, { today, firstDay, keptDays, nowMs });
    counted += due.length;
  }
  return counted;
}

interface Span {
  /** Days since the epoch. */
  readonly today: number;
  readonly firstDay: number;
  readonly keptDays: number;
  readonly nowMs: number;
}

async function countPage(
  { database }: Services,
  due: readonly CountedRepository[],
  span: Span,
): Promise<void> {
  const { today, keptDays, nowMs } = span;
  const counts: { repositoryId: number; day: number; count: number }[] = [];
  for (const [startDay, repositories] of Map.groupBy(due, (repository) => startOf(repository, span))) {
    const ids = repositories.map(({ id }) => id);
    // A day at a time: a short query each, which holds up nobody.
    for (let day = startDay; day < today; day += 1) {
      const found = await countActions(database.read, ids, {
        fromMs: day * dayMs,
        untilMs: (day + 1) * dayMs,
      });
      counts.push(...found.map((row) => ({ ...row, day })));
    }
  }
  const ranges = scoreBuckets.map(({ fromDay, toDay }) => ({
    firstDay: today - Math.min(toDay, keptDays),
    lastDay: today - fromDay,
  }));
  await database.transaction(async (db) => {
    const existing = await filterExisting(
      db,
      due.map(({ id }) => id),
    );
    if (existing.size === 0) return;
    for (const row of counts) if (existing.has(row.repositoryId)) await insertActionCount(db, row);
    const sums = await sumActionCounts(db, [...existing], ranges);
    for (const { id, createdMs } of due) {
      if (!existing.has(id)) continue;
      const ageDays = today - Math.floor(createdMs / dayMs);
      const score = repositoryScore({ actions: sums.get(id) ?? [], ageDays, keptDays });
      await setRepositoryScore(db, { repositoryId: id, score, nowMs });
    }
  });
}

/** The first day whose actions are still to be counted. */
function startOf({ createdMs, countedMs }: CountedRepository, { firstDay }: Span): number {
  return Math.max(firstDay, Math.floor((countedMs ?? createdMs) / dayMs));
}

async function removeOldCounts(
  { database }: Services,
  beforeDay: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  while (signal?.aborted !== true) {
    const removed = await database.transaction((db) => deleteActionCounts(db, beforeDay, removalSize));
    if (removed < removalSize) return;
  }
}
