import type { Expression, ExpressionBuilder, SqlBool } from 'kysely';
import type { Db } from '#/db/database.ts';
import type { RepositoryKind, RepositoryState, Schema, Visibility } from '#/db/schema.ts';
import type { RepositoryReader } from './repository-reader.ts';

type Named = ExpressionBuilder<Schema & { n: Schema['accounts']; r: Schema['repositories'] }, 'n' | 'r'>;
type Condition = (eb: Named) => Expression<SqlBool>;

/** Own namespace, and organizations that the account administers. */
export function isAdministered(accountId: number): Condition {
  return (eb) =>
    eb.or([
      eb('r.namespace_id', '=', accountId),
      eb(
        'r.namespace_id',
        'in',
        eb
          .selectFrom('team_members as m')
          .innerJoin('teams as t', 't.id', 'm.team_id')
          .select('t.organization_id')
          .where('m.account_id', '=', accountId)
          .where('t.role', '=', 'admin'),
      ),
    ]);
}

/** A permission of the account or one of its teams. */
export function isGranted(accountId: number): Condition {
  return (eb) =>
    eb(
      'r.id',
      'in',
      eb
        .selectFrom('repository_permissions as p')
        .select('p.repository_id')
        .where('p.account_id', '=', accountId)
        .unionAll(
          eb
            .selectFrom('team_members as m')
            .innerJoin('repository_permissions as p', 'p.team_id', 'm.team_id')
            .select('p.repository_id')
            .where('m.account_id', '=', accountId),
        ),
    );
}

/** What everybody may read. */
export const isPublicImage: Condition = (eb) =>
  eb.and([eb('r.visibility', '=', 'public'), eb('r.kind', '=', 'image')]);

/** The ways in which a reader comes to repositories: each is a walk of its own, so that none has to look at what others hold. */
export function readableBy(reader: RepositoryReader, includePublic: boolean): Condition[] {
  if (reader.readsEverything) return [(eb) => eb.lit(true)];
  const { accountId } = reader;
  const own = accountId === undefined ? [] : [isAdministered(accountId), isGranted(accountId)];
  return reader.readsPublic && includePublic ? [...own, isPublicImage] : own;
}

export interface VisibleSelection {
  readonly reader: RepositoryReader;
  readonly includePublic: boolean;
  readonly kind: RepositoryKind;
  readonly namespace?: string | undefined;
  /** Only what this account starred. */
  readonly starredBy?: number | undefined;
}

export interface VisiblePage extends VisibleSelection {
  /** Lists of one namespace go by name, all others by id. */
  readonly order: 'id' | 'name';
  /** Key of the row before the first. */
  readonly after?: number | string | undefined;
  readonly limit: number;
  /** Of whom `isStarred` is told; nobody without. */
  readonly starsOf?: number | undefined;
  /** Tells `lastModifiedMs`; tags alive at this instant count. */
  readonly modifiedAtMs?: number | undefined;
  /** Tells `popularity`: actions from this day on (days since the epoch). */
  readonly popularSinceDay?: number | undefined;
}

export interface VisibleRepository {
  readonly id: number;
  readonly namespace: string;
  readonly name: string;
  readonly description: string;
  readonly visibility: Visibility;
  readonly kind: RepositoryKind;
  readonly state: RepositoryState;
  readonly isStarred: boolean;
  readonly lastModifiedMs: number | null;
  readonly popularity: number;
}

/** A page of repositories that somebody may read, with what lists show of each, in one query. */
export async function listVisibleRepositories(db: Db, page: VisiblePage): Promise<VisibleRepository[]> {
  const ids = selectVisible(db, page);
  if (ids === undefined || page.limit <= 0) return [];
  const rows = await db
    .selectFrom(ids.as('visible'))
    .innerJoin('repositories as r', 'r.id', 'visible.id')
    .innerJoin('accounts as n', 'n.id', 'r.namespace_id')
    .select(['r.id', 'n.name as namespace', 'r.name', 'r.description', 'r.visibility', 'r.kind', 'r.state'])
    .$if(page.starsOf !== undefined, (query) =>
      query.select((eb) =>
        eb
          .selectFrom('stars as s')
          .select((inner) => inner.fn.countAll<number>().as('count'))
          .where('s.account_id', '=', page.starsOf ?? 0)
          .whereRef('s.repository_id', '=', 'r.id')
          .as('starCount'),
      ),
    )
    .$if(page.modifiedAtMs !== undefined, (query) =>
      query.select((eb) => lastModified(eb, page.modifiedAtMs ?? 0).as('lastModifiedMs')),
    )
    .$if(page.popularSinceDay !== undefined, (query) =>
      query.select((eb) => popularity(eb, page.popularSinceDay ?? 0).as('actions')),
    )
    .orderBy(page.order === 'id' ? 'r.id' : 'r.name')
    .limit(page.limit)
    .execute();
  return rows.map(({ starCount, lastModifiedMs, actions, ...row }) => ({
    ...row,
    isStarred: (starCount ?? 0) > 0,
    lastModifiedMs: lastModifiedMs ?? null,
    popularity: Number(actions ?? 0),
  }));
}

/** The newest start of an alive tag of `r`, from the index of the history. */
export function lastModified(eb: Named, nowMs: number) {
  return eb
    .selectFrom('tags as t')
    .select('t.start_ms')
    .whereRef('t.repository_id', '=', 'r.id')
    .where('t.hidden', '=', 0)
    .where((inner) => inner.or([inner('t.end_ms', 'is', null), inner('t.end_ms', '>', nowMs)]))
    .orderBy('t.start_ms', 'desc')
    .limit(1);
}

/** Entries of the action log about `r` since a day. */
export function popularity(eb: Named, sinceDay: number) {
  return eb
    .selectFrom('repository_action_counts as c')
    .select((inner) => inner.fn.sum<number>('c.count').as('sum'))
    .whereRef('c.repository_id', '=', 'r.id')
    .where('c.day', '>=', sinceDay);
}

function selectVisible(db: Db, page: VisiblePage) {
  const walks = readableBy(page.reader, page.includePublic).map((condition) =>
    db.selectFrom(selectWalk(db, page, condition).as('walk')).select('walk.id'),
  );
  const [first, ...others] = walks;
  return others.reduce((union, walk) => union?.union(walk), first);
}

function selectWalk(db: Db, page: VisiblePage, condition: Condition) {
  const { after, namespace, starredBy } = page;
  return db
    .selectFrom('repositories as r')
    .innerJoin('accounts as n', 'n.id', 'r.namespace_id')
    .select('r.id')
    .where('n.enabled', '=', 1)
    .where('r.kind', '=', page.kind)
    .where('r.state', '<>', 'MARKED_FOR_DELETION')
    .where(condition)
    .$if(namespace !== undefined, (query) => query.where('n.name', '=', namespace ?? ''))
    .$if(starredBy !== undefined, (query) =>
      query.where((eb) =>
        eb(
          'r.id',
          'in',
          eb
            .selectFrom('stars as s')
            .select('s.repository_id')
            .where('s.account_id', '=', starredBy ?? 0),
        ),
      ),
    )
    .$if(typeof after === 'number', (query) => query.where('r.id', '>', Number(after)))
    .$if(typeof after === 'string', (query) => query.where('r.name', '>', String(after)))
    .orderBy(page.order === 'id' ? 'r.id' : 'r.name')
    .limit(page.limit);
}
