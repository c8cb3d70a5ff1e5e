import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely';
import type { Db } from '#/db/database.ts';
import type { RepositoryKind, Schema, Visibility } from '#/db/schema.ts';
import {
  isListed,
  lastModified,
  popularity,
  type RepositoryReader,
  readableBy,
} from '#/domain/repositories/index.ts';
import type { FoundAccount } from './queries-accounts.ts';
import { endOfPrefix, escapeLike } from './search-text.ts';

/** Of public repositories, so many of the newest and of the most active are searched through; names that start with the text are found among all. */
const newestPublic = 20_000;
const mostActive = 5_000;

export interface FoundRepository {
  readonly id: number;
  readonly namespace: FoundAccount;
  readonly name: string;
  readonly description: string;
  readonly visibility: Visibility;
  readonly kind: RepositoryKind;
  readonly lastModifiedMs: number | null;
  readonly stars: number;
  readonly popularity: number;
}

export interface RepositorySearch {
  readonly reader: RepositoryReader;
  /** In lower case; empty finds all. */
  readonly text: string;
  readonly skip: number;
  readonly limit: number;
  readonly nowMs: number;
  /** Actions from this day on make the popularity (days since the epoch). */
  readonly popularSinceDay: number;
}

type Condition = (eb: ExpressionBuilder<Schema & { r: Schema['repositories'] }, 'r'>) => Expression<SqlBool>;

/**
 * Repositories that the reader may read and whose name or description contains the text, or whose path is the text's: the best match
 * first, then the most active.
 */
export async function listMatchingRepositories(db: Db, search: RepositorySearch): Promise<FoundRepository[]> {
  const walks = waysTo(search).map((condition) =>
    db.selectFrom(selectBest(db, search, condition).as('walk')).select('walk.id'),
  );
  const [first, ...others] = walks;
  if (first === undefined || search.limit <= 0) return [];
  const rows = await db
    .selectFrom(others.reduce((union, walk) => union.union(walk), first).as('found'))
    // As in lists: from the few that were found.
    .crossJoin('repositories as r')
    .innerJoin('accounts as n', 'n.id', 'r.namespace_id')
    .whereRef('r.id', '=', 'found.id')
    .leftJoin('repository_scores as s', 's.repository_id', 'r.id')
    .select([
      'r.id',
      'n.id as namespaceId',
      'n.kind as namespaceKind',
      'n.name as namespaceName',
      'n.email as namespaceEmail',
      'r.name',
      'r.description',
      'r.visibility',
      'r.kind',
    ])
    .select((eb) => [
      lastModified(eb, search.nowMs).as('lastModifiedMs'),
      popularity(eb, search.popularSinceDay).as('actions'),
      eb
        .selectFrom('stars as st')
        .select((inner) => inner.fn.countAll<number>().as('count'))
        .whereRef('st.repository_id', '=', 'r.id')
        .as('stars'),
    ])
    .orderBy(rankOf(search.text), 'desc')
    .orderBy(sql`coalesce(s.score, 0)`, 'desc')
    .orderBy('r.id')
    .limit(search.limit)
    .offset(search.skip)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    namespace: {
      id: row.namespaceId,
      kind: row.namespaceKind,
      name: row.namespaceName,
      email: row.namespaceEmail,
    },
    name: row.name,
    description: row.description,
    visibility: row.visibility,
    kind: row.kind,
    lastModifiedMs: row.lastModifiedMs,
    stars: row.stars ?? 0,
    popularity: Number(row.actions ?? 0),
  }));
}

/** What the reader holds is searched through whole; of what everybody reads, as much as stays cheap. */
function waysTo({ reader, text }: RepositorySearch): Condition[] {
  const everything = reader.readsEverything;
  const own = everything ? [] : readableBy(reader, false).map(({ condition }) => condition);
  if (!everything && !reader.readsPublic) return own;
  const open: Condition = (eb) =>
    everything ? eb.lit(true) : eb.and([eb('r.visibility', '=', 'public'), eb('r.kind', '=', 'image')]);
  const newest: Condition = (eb) =>
    eb.and([
      open(eb),
      eb(
        'r.id',
        'in',
        eb
          .selectFrom(
            eb
              .selectFrom('repositories as w')
              .select('w.id')
              .$if(!everything, (query) => query.where('w.visibility', '=', 'public'))
              .orderBy('w.id', 'desc')
              .limit(newestPublic)
              .as('newest'),
          )
          .select('newest.id'),
      ),
    ]);
  const active: Condition = (eb) =>
    eb.and([
      open(eb),
      eb(
        'r.id',
        'in',
        eb
          .selectFrom(
            eb
              .selectFrom('repository_scores as w')
              .select('w.repository_id')
              .orderBy('w.score', 'desc')
              .limit(mostActive)
              .as('active'),
          )
          .select('active.repository_id'),
      ),
    ]);
  const prefixed: Condition = (eb) =>
    eb.and([open(eb), eb('r.name', '>=', text), eb('r.name', '<', endOfPrefix(text))]);
  return text === '' ? [...own, newest, active] : [...own, newest, active, prefixed];
}

/** The best of one walk: enough of them for the page, so that the best of all walks are among them. */
function selectBest(db: Db, search: RepositorySearch, condition: Condition) {
  return db
    .selectFrom('repositories as r')
    .innerJoin('accounts as n', 'n.id', 'r.namespace_id')
    .leftJoin('repository_scores as s', 's.repository_id', 'r.id')
    .select('r.id')
    .where(isListed)
    .where(condition)
    .$if(search.text !== '', (query) => query.where(sql<boolean>`${rankOf(search.text)} > 0`))
    .orderBy(rankOf(search.text), 'desc')
    .orderBy(sql`coalesce(s.score, 0)`, 'desc')
    .orderBy('r.id')
    .limit(search.skip + search.limit);
}

/** 5 for the path or the name itself, 0 for no match. */
function rankOf(text: string) {
  // In parentheses it is a value, not the number of a column.
  if (text === '') return sql<number>`(1 + 0)`;
  const slash = text.indexOf('/');
  const [namespace, rest] = slash === -1 ? ['', ''] : [text.slice(0, slash), text.slice(slash + 1)];
  const like = escapeLike(text);
  return sql<number>`(case
    when r.name = ${text} or (n.name = ${namespace} and r.name = ${rest}) then 5
    when n.name = ${namespace} and lower(r.name) like ${`${escapeLike(rest)}%`} escape '!' then 4
    when lower(r.name) like ${`${like}%`} escape '!' then 3
    when lower(r.name) like ${`%${like}%`} escape '!' then 2
    when lower(r.description) like ${`%${like}%`} escape '!' then 1
    else 0 end)`;
}
