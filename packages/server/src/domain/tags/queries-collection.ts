import { randomUUID } from 'node:crypto';
import type { Db } from '#/db/database.ts';
import { discountTags } from './queries-counts.ts';

/** A tag whose end lies behind. */
export interface EndedTag {
  readonly id: number;
  readonly repositoryId: number;
  readonly endMs: number;
  /** How long the tag's namespace keeps ended tags. */
  readonly windowSeconds: number;
}

/** Where a walk over ended tags stands: in the order of their ends, then of their ids. */
export interface EndedTagPosition {
  readonly endMs: number;
  readonly id: number;
}

/** Tags that ended, visible or hidden ones, behind a position and not after `untilMs`, at most `limit`. */
export async function listEndedTags(
  db: Db,
  page: {
    readonly hidden: boolean;
    readonly after: EndedTagPosition;
    readonly untilMs: number;
    readonly limit: number;
  },
): Promise<EndedTag[]> {
  // The page comes first, from one index: whatever a database believes about sizes, it must not begin with the repositories.
  const ended = db
    .selectFrom('tags')
    .select(['id', 'repository_id', 'end_ms'])
    .where('hidden', '=', page.hidden ? 1 : 0)
    .where('end_ms', '>=', page.after.endMs)
    .where('end_ms', '<=', page.untilMs)
    .where((eb) => eb.or([eb('end_ms', '>', page.after.endMs), eb('id', '>', page.after.id)]))
    .orderBy('end_ms')
    .orderBy('id')
    .limit(page.limit);
  return await db
    .selectFrom(ended.as('ended'))
    .innerJoin('repositories', 'repositories.id', 'ended.repository_id')
    .innerJoin('accounts', 'accounts.id', 'repositories.namespace_id')
    .select([
      'ended.id',
      'ended.repository_id as repositoryId',
      'ended.end_ms as endMs',
      'accounts.tag_expiration_s as windowSeconds',
    ])
    .orderBy('ended.end_ms')
    .orderBy('ended.id')
    .$narrowType<{ endMs: number }>()
    .execute();
}

/** Tags of a repository, dead or alive, in order of id. */
export async function listTagIds(db: Db, repositoryId: number, limit: number): Promise<number[]> {
  const rows = await db
    .selectFrom('tags')
    .select('id')
    .where('repository_id', '=', repositoryId)
    .orderBy('start_ms')
    .limit(limit)
    .execute();
  return rows.map((row) => row.id);
}

/** Which manifests these tags point at, each once. */
export async function listTaggedManifestIds(db: Db, tagIds: readonly number[]): Promise<number[]> {
  if (tagIds.length === 0) return [];
  const rows = await db
    .selectFrom('tags')
    .select('manifest_id')
    .distinct()
    .where('id', 'in', tagIds)
    .execute();
  return rows.map((row) => row.manifest_id);
}

/** Those of the tags that ended early enough to go: hidden ones by one instant, visible ones by another. */
export async function listRemovableTags(
  db: Db,
  tagIds: readonly number[],
  ended: { readonly hiddenUntilMs: number; readonly visibleUntilMs: number },
): Promise<number[]> {
  if (tagIds.length === 0) return [];
  const rows = await db
    .selectFrom('tags')
    .select('id')
    .where('id', 'in', tagIds)
    .where((eb) =>
      eb.or([
        eb.and([eb('hidden', '=', 1), eb('end_ms', '<=', ended.hiddenUntilMs)]),
        eb.and([eb('hidden', '=', 0), eb('end_ms', '<=', ended.visibleUntilMs)]),
      ]),
    )
    .execute();
  return rows.map((row) => row.id);
}

/** Removes rows of the history; under the lock of their repository. */
export async function deleteTagRows(db: Db, tagIds: readonly number[]): Promise<void> {
  if (tagIds.length === 0) return;
  await db.deleteFrom('current_tags').where('tag_id', 'in', tagIds).execute();
  await discountTags(db, tagIds);
  await db.deleteFrom('tags').where('id', 'in', tagIds).execute();
}

/**
 * Gives manifests that nothing keeps any more a hidden tag that ended, by which collection finds them later: at `endMs`. In the
 * transaction that takes what kept them.
 */
export async function leaveEndedTags(
  db: Db,
  left: { readonly repositoryId: number; readonly manifestIds: readonly number[]; readonly endMs: number },
): Promise<void> {
  const rowsPerStatement = 100;
  for (let start = 0; start < left.manifestIds.length; start += rowsPerStatement) {
    const values = left.manifestIds.slice(start, start + rowsPerStatement).map((manifestId) => ({
      repository_id: left.repositoryId,
      name: `$temp-${randomUUID()}`,
      manifest_id: manifestId,
      start_ms: left.endMs,
      end_ms: left.endMs,
      hidden: 1 as const,
      reversion: 0 as const,
      immutable: 0 as const,
    }));
    await db.insertInto('tags').values(values).execute();
  }
}

/** Names whose present tag is one of these and has ended, to be forgotten by lists; under the lock of the repository. */
export async function forgetEndedNames(db: Db, tagIds: readonly number[], untilMs: number): Promise<number> {
  if (tagIds.length === 0) return 0;
  const { numDeletedRows } = await db
    .deleteFrom('current_tags')
    .where('tag_id', 'in', tagIds)
    .where('tag_id', 'in', (eb) =>
      eb
        .selectFrom('tags')
        .select('tags.id')
        .where('tags.id', 'in', tagIds)
        .where('tags.end_ms', '<=', untilMs),
    )
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}

/** Those of the tags that are still the present row of their name. */
export async function listCurrentTagIds(db: Db, tagIds: readonly number[]): Promise<ReadonlySet<number>> {
  if (tagIds.length === 0) return new Set();
  const rows = await db.selectFrom('current_tags').select('tag_id').where('tag_id', 'in', tagIds).execute();
  return new Set(rows.map((row) => row.tag_id));
}
