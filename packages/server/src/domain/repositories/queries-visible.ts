import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely';
import type { Db } from '#/db/database.ts';
import type { RepositoryKind, RepositoryState, Schema, Visibility } from '#/db/schema.ts';
import type { RepositoryReader } from './repository-reader.ts';

type Named = ExpressionBuilder<Schema & { r: Schema['repositories'] }, 'r'>;
type Condition = (eb: Named) => Expression<SqlBool>;

/*
 * Both are `in (select ... from (...))`: MariaDB turns a plain union, or an `or`, into a look at every repository.
 */

/** Own namespace, and organizations that the account administers. */
function isAdministered(accountId: number): Condition {
  return (eb) =>
    eb(
      'r.namespace_id',
      'in',
      eb
        .selectFrom(
          eb
            .selectFrom('accounts as a')
            .select('a.id as id')
            .where('a.id', '=', accountId)
            .union(
              eb
                .selectFrom('team_members as m')
                .innerJoin('teams as t', 't.id', 'm.team_id')
                .select('t.organization_id as id')
                .where('m.account_id', '=', accountId)
                .where('t.role', '=', 'admin'),
            )
            .as('administered'),
        )
        .select('administered.id'),
    );
}

/** A permission of the account or one of its teams. */
function isGranted(accountId: number): Condition {
  return (eb) =>
    eb(
      'r.id',
      'in',
      eb
        .selectFrom(
          eb
            .selectFrom('repository_permissions as p')
            .select('p.repository_id as id')
            .where('p.account_id', '=', accountId)
            .union(
              eb
                .selectFrom('team_members as m')
                .innerJoin('repository_permissions as p', 'p.team_id', 'm.team_id')
                .select('p.repository_id as id')
                .where('m.account_id', '=', accountId),
            )
            .as('granted'),
        )
        .select('granted.id'),
    );
}

/** What everybody may read. */
const isPublicImage: Condition = (eb) =>
  eb.and([eb('r.visibility', '=', 'public'), eb('r.kind', '=', 'image')]);

/** One way in which a reader comes to repositories. */
export interface ReadableWalk {
  readonly condition: Condition;
  /** What it leads to is bounded by what one account holds: better looked at whole than hunted for among all repositories. */
  readonly isOwn: boolean;
}

/** The ways in which a reader comes to repositories: each is a walk of its own, so that none has to look at what others hold. */
export function readableBy(reader: RepositoryReader, includePublic: boolean): ReadableWalk[] {
  if (reader.readsEverything) return [{ condition: (eb) => eb.lit(true), isOwn: false }];
  const { accountId } = reader;
  const own = accountId === undefined ? [] : [isAdministered(accountId), isGranted(accountId)];
  const walks = own.map((condition) => ({ condition, isOwn: true }));
  return reader.readsPublic && includePublic ? [...walks, { condition: isPublicImage, isOwn: false }] : walks;
}

export interface VisibleSelection {
  readonly reader: RepositoryReader;
  readonly includePublic: boolean;
  readonly kind: RepositoryKind;
  readonly namespaceId?: number | undefined;
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
    // To SQLite a cross join says in which order to go: from the few that were found, never through all repositories.
    .crossJoin('repositories as r')
    .innerJoin('accounts as n', 'n.id', 'r.namespace_id')
    .whereRef('r.id', '=', 'visible.id')
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
  const walks = readableBy(page.reader, page.includePublic).map((way) =>
    db.selectFrom(selectWalk(db, page, way).as('walk')).select('walk.id'),
  );
  const [first, ...others] = walks;
  return others.reduce((union, walk) => union?.union(walk), first);
}

/**
 * In an enabled namespace and not being deleted. Written so that no database takes one of these, which are true for nearly all, for the
 * way in: as a join or a plain comparison they made MariaDB and PostgreSQL read every repository.
 */
export const isListed = sql<boolean>`(select ns.enabled from accounts ns where ns.id = r.namespace_id) > 0
  and (case when r.state = 'MARKED_FOR_DELETION' then 0 else 1 end) > 0`;

function selectWalk(db: Db, page: VisiblePage, { condition, isOwn }: ReadableWalk) {
  const { after, namespaceId, starredBy } = page;
  return (
    db
      .selectFrom('repositories as r')
      .select('r.id')
      .where('r.kind', '=', page.kind)
      .where(isListed)
      .where(condition)
      .$if(namespaceId !== undefined, (query) => query.where('r.namespace_id', '=', namespaceId ?? 0))
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
      // An expression keeps databases from going through all ids in their order, in the hope of meeting one's own soon.
      .orderBy(page.order === 'name' ? sql`r.name` : isOwn ? sql`r.id + 0` : sql`r.id`)
      .limit(page.limit)
  );
}
