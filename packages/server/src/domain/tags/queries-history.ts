import type { Digest } from '@wharf/oci';
import { sql } from 'kysely';
import type { Db } from '#/db/database.ts';
import { findHistoryLength } from './queries-counts.ts';

/** One row of the history of a repository's visible tags. */
export interface ListedTag {
  readonly name: string;
  readonly startMs: number;
  readonly endMs: number | null;
  readonly isReversion: boolean;
  readonly digest: Digest;
  readonly mediaType: string;
  /** Null for lists and indexes. */
  readonly layersSizeBytes: number | null;
}

/** Where a page of the history starts: behind this row. */
export interface TagPosition {
  readonly startMs: number;
  readonly name: string;
}

/** Which names: one, or all that contain a text whatever its case. */
export type TagNameFilter = { readonly is: string } | { readonly contains: string };

export interface TagHistoryPage {
  readonly repositoryId: number;
  /** Leaves out what has ended. */
  readonly onlyAlive: boolean;
  readonly nowMs: number;
  readonly names?: TagNameFilter | undefined;
  readonly after?: TagPosition | undefined;
  /** Rows to pass over. */
  readonly skip?: number | undefined;
  readonly limit: number;
  /** Rows that it costs little to pass over: more of them are passed from the end to which the page is nearer. By default 5,000. */
  readonly cheapSkip?: number;
}

const cheapSkip = 5000;

/**
 * A page of the history, the newest start first, then by name (REST reference 9.14). What is skipped or does not fit the filter is read
 * from the index alone, and never more than half of a history without a filter. Deep pages are cut from the history as it was
 * counted just before: a push between the two makes them as old as that.
 */
export async function listTagHistory(db: Db, page: TagHistoryPage): Promise<ListedTag[]> {
  const isHiddenName = page.names !== undefined && 'is' in page.names && page.names.is.startsWith('$');
  if (page.limit <= 0 || isHiddenName) return [];
  const walk = await planWalk(db, page);
  if (walk.limit <= 0) return [];
  const rows = await db
    .selectFrom(selectPage(db, page, walk).as('page'))
    .innerJoin('tags', 'tags.id', 'page.id')
    .innerJoin('manifests', 'manifests.id', 'tags.manifest_id')
    .select([
      'tags.name',
      'tags.start_ms',
      'tags.end_ms',
      'tags.reversion',
      'manifests.digest',
      'manifests.media_type',
      'manifests.layers_size_bytes',
    ])
    .orderBy('tags.start_ms', 'desc')
    .orderBy('tags.name')
    .execute();
  return rows.map((row) => ({
    name: row.name,
    startMs: row.start_ms,
    endMs: row.end_ms,
    isReversion: row.reversion === 1,
    digest: row.digest as Digest,
    mediaType: row.media_type,
    layersSizeBytes: row.layers_size_bytes,
  }));
}

interface Walk {
  readonly fromNewest: boolean;
  readonly skip: number;
  readonly limit: number;
}

/** From which end the index is read, and how much of it. */
async function planWalk(db: Db, page: TagHistoryPage): Promise<Walk> {
  const { skip = 0, limit } = page;
  const fromNewest = { fromNewest: true, skip, limit };
  const isWhole = page.names === undefined && page.after === undefined;
  if (!isWhole || skip <= (page.cheapSkip ?? cheapSkip)) return fromNewest;
  const length = await findHistoryLength(db, page);
  if (length === undefined || skip < length / 2) return fromNewest;
  const left = length - skip;
  return { fromNewest: false, skip: Math.max(0, left - limit), limit: Math.min(limit, left) };
}

function selectPage(db: Db, page: TagHistoryPage, walk: Walk) {
  const { after, names } = page;
  let query = db.selectFrom('tags').select('id').where('repository_id', '=', page.repositoryId);
  if (page.onlyAlive) {
    query = query.where((eb) => eb.or([eb('end_ms', 'is', null), eb('end_ms', '>', page.nowMs)]));
  }
  // One name is found by its key; the condition on hidden ones would lure SQLite to the index of the whole history.
  if (names !== undefined && 'is' in names) query = query.where('name', '=', names.is);
  else query = query.where('hidden', '=', 0);
  if (names !== undefined && 'contains' in names) {
    const pattern = `%${names.contains.toLowerCase().replaceAll(/[!%_]/g, '!$&')}%`;
    // As a bare LIKE it looks so rare to PostgreSQL that it reads and sorts the whole history instead of walking to the first matches.
    query = query.where(
      sql<boolean>`(case when lower(${sql.ref('name')}) like ${pattern} escape '!' then 1 else 0 end) > 0`,
    );
  }
  if (after !== undefined) {
    query = query
      .where('start_ms', '<=', after.startMs)
      .where((eb) => eb.or([eb('start_ms', '<', after.startMs), eb('name', '>', after.name)]));
  }
  query = walk.fromNewest
    ? query.orderBy('start_ms', 'desc').orderBy('name')
    : query.orderBy('start_ms').orderBy('name', 'desc');
  query = query.limit(walk.limit);
  return walk.skip === 0 ? query : query.offset(walk.skip);
}

/** Alive visible tags in the order of their names, at most `limit`. */
export async function listAliveTags(
  db: Db,
  page: { readonly repositoryId: number; readonly nowMs: number; readonly limit: number },
): Promise<ListedTag[]> {
  const rows = await db
    .selectFrom('current_tags')
    .innerJoin('tags', 'tags.id', 'current_tags.tag_id')
    .innerJoin('manifests', 'manifests.id', 'tags.manifest_id')
    .select([
      'tags.name',
      'tags.start_ms',
      'tags.end_ms',
      'tags.reversion',
      'manifests.digest',
      'manifests.media_type',
      'manifests.layers_size_bytes',
    ])
    .where('current_tags.repository_id', '=', page.repositoryId)
    .where((eb) => eb.or([eb('tags.end_ms', 'is', null), eb('tags.end_ms', '>', page.nowMs)]))
    .orderBy('current_tags.name')
    .limit(page.limit)
    .execute();
  return rows.map((row) => ({
    name: row.name,
    startMs: row.start_ms,
    endMs: row.end_ms,
    isReversion: row.reversion === 1,
    digest: row.digest as Digest,
    mediaType: row.media_type,
    layersSizeBytes: row.layers_size_bytes,
  }));
}

/** Rows of the history that ended: of one name and manifest, or of manifests under any name. */
export async function listEndedTagIds(
  db: Db,
  of: {
    readonly repositoryId: number;
    readonly name?: string;
    readonly manifestIds: readonly number[];
    readonly nowMs: number;
  },
): Promise<number[]> {
  if (of.manifestIds.length === 0) return [];
  let query = db
    .selectFrom('tags')
    .select('id')
    .where('repository_id', '=', of.repositoryId)
    .where('manifest_id', 'in', of.manifestIds)
    .where('hidden', '=', 0)
    .where('end_ms', '<=', of.nowMs);
  if (of.name !== undefined) query = query.where('name', '=', of.name);
  return (await query.orderBy('id').execute()).map((row) => row.id);
}
