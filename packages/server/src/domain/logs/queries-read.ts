import type { Db } from '#/db/database.ts';
import { indexPrefix } from '#/db/index-prefix.ts';
import type { LogKind } from './log-kind.ts';

/** Whose entries are read. */
export type LogScope =
  | { readonly kind: 'registry' }
  | { readonly kind: 'namespace'; readonly accountId: number }
  | { readonly kind: 'repository'; readonly repositoryId: number };

export interface LogPosition {
  readonly createdMs: number;
  readonly id: number;
}

export interface LogFilter {
  readonly scope: LogScope;
  /** First instant that counts. */
  readonly fromMs: number;
  /** First instant that does not count any more. */
  readonly untilMs: number;
  readonly performerId?: number | undefined;
  readonly hiddenKinds?: readonly LogKind[] | undefined;
}

export interface StoredEntry {
  readonly id: number;
  readonly kind: string;
  readonly accountId: number | null;
  readonly performerId: number | null;
  readonly repositoryId: number | null;
  readonly createdMs: number;
  readonly ip: string | null;
  readonly metadataJson: string;
  readonly requestJson: string | null;
}

type PrefixColumn = 'account_id' | 'performer_id' | 'repository_id';

/** The columns that a filter fixes: each combination leads an index that goes on with `created_ms`, `id`. */
function prefixOf({ scope, performerId }: LogFilter): [PrefixColumn, number][] {
  const prefix: [PrefixColumn, number][] = [];
  if (scope.kind === 'namespace') prefix.push(['account_id', scope.accountId]);
  if (scope.kind === 'repository') prefix.push(['repository_id', scope.repositoryId]);
  if (performerId !== undefined) prefix.push(['performer_id', performerId]);
  return prefix;
}

function selectMatching(db: Db, filter: LogFilter) {
  const { hiddenKinds = [] } = filter;
  let query = db
    .selectFrom('action_logs')
    .where('created_ms', '>=', filter.fromMs)
    .where('created_ms', '<', filter.untilMs);
  for (const [column, value] of prefixOf(filter)) query = query.where(indexPrefix(db, column, value));
  return hiddenKinds.length === 0 ? query : query.where('kind', 'not in', hiddenKinds);
}

/** The matching entries in the order of their index. */
function selectInOrder(db: Db, filter: LogFilter, direction: 'asc' | 'desc') {
  let query = selectMatching(db, filter).select(entryColumns);
  for (const [column] of prefixOf(filter)) query = query.orderBy(column, direction);
  return query.orderBy('created_ms', direction).orderBy('id', direction);
}

const entryColumns = [
  'id',
  'kind',
  'account_id as accountId',
  'performer_id as performerId',
  'repository_id as repositoryId',
  'created_ms as createdMs',
  'ip',
  'metadata_json as metadataJson',
  'request_json as requestJson',
] as const;

/** The newest entries before a position, newest first. */
export async function listNewestEntries(
  db: Db,
  filter: LogFilter,
  page: { readonly before: LogPosition | undefined; readonly limit: number },
): Promise<StoredEntry[]> {
  const { before } = page;
  // One upper bound, since SQLite looks at one only: two would make it read from the top of the period to the page.
  const untilMs = Math.min(filter.untilMs, (before?.createdMs ?? filter.untilMs) + 1);
  let query = selectInOrder(db, { ...filter, untilMs }, 'desc');
  if (before !== undefined) {
    query = query.where((eb) => eb.or([eb('created_ms', '<', before.createdMs), eb('id', '<', before.id)]));
  }
  return query.limit(page.limit).execute();
}

/** The oldest entries behind a position, oldest first. */
export async function listOldestEntries(
  db: Db,
  filter: LogFilter,
  page: { readonly after: LogPosition | undefined; readonly limit: number },
): Promise<StoredEntry[]> {
  const { after } = page;
  const fromMs = Math.max(filter.fromMs, after?.createdMs ?? filter.fromMs);
  let query = selectInOrder(db, { ...filter, fromMs }, 'asc');
  if (after !== undefined) {
    query = query.where((eb) => eb.or([eb('created_ms', '>', after.createdMs), eb('id', '>', after.id)]));
  }
  return query.limit(page.limit).execute();
}

/** How many entries of each kind match. */
export async function countEntriesByKind(
  db: Db,
  filter: LogFilter,
): Promise<{ readonly kind: string; readonly count: number }[]> {
  const rows = await selectMatching(db, filter)
    .select((eb) => ['kind', eb.fn.countAll<number>().as('count')])
    .groupBy('kind')
    .orderBy('kind')
    .execute();
  return rows.map((row) => ({ kind: row.kind, count: Number(row.count) }));
}
