import type { Digest, TagName } from '@wharf/oci';
import type { Db } from '#/db/database.ts';
import { insertRow } from '#/db/insert-row.ts';
import { countNewTag } from './queries-counts.ts';

/** The row of a name's present tag; it may have expired. */
export interface CurrentTag {
  readonly tagId: number;
  readonly manifestId: number;
  readonly startMs: number;
  readonly endMs: number | null;
  readonly isImmutable: boolean;
}

export async function findCurrentTag(
  db: Db,
  repositoryId: number,
  name: TagName,
): Promise<CurrentTag | undefined> {
  const row = await db
    .selectFrom('current_tags')
    .innerJoin('tags', 'tags.id', 'current_tags.tag_id')
    .select(['tags.id', 'tags.manifest_id', 'tags.start_ms', 'tags.end_ms', 'tags.immutable'])
    .where('current_tags.repository_id', '=', repositoryId)
    .where('current_tags.name', '=', name)
    .executeTakeFirst();
  return (
    row && {
      tagId: row.id,
      manifestId: row.manifest_id,
      startMs: row.start_ms,
      endMs: row.end_ms,
      isImmutable: row.immutable === 1,
    }
  );
}

/** The last row in the history of a name; undefined for a new name. */
export async function findLatestTag(
  db: Db,
  repositoryId: number,
  name: TagName,
): Promise<{ readonly startMs: number; readonly endMs: number | null } | undefined> {
  return db
    .selectFrom('tags')
    .select(['start_ms as startMs', 'end_ms as endMs'])
    .where('repository_id', '=', repositoryId)
    .where('name', '=', name)
    .orderBy('start_ms', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
}

export interface NewTag {
  readonly repositoryId: number;
  readonly name: string;
  readonly manifestId: number;
  readonly startMs: number;
  readonly endMs: number | null;
  readonly isHidden: boolean;
  readonly isReversion: boolean;
}

/** A visible one counts; under the lock of the repository. */
export async function insertTag(db: Db, tag: NewTag): Promise<number> {
  const id = await insertRow(db, 'tags', {
    repository_id: tag.repositoryId,
    name: tag.name,
    manifest_id: tag.manifestId,
    start_ms: tag.startMs,
    end_ms: tag.endMs,
    hidden: tag.isHidden ? 1 : 0,
    reversion: tag.isReversion ? 1 : 0,
    immutable: 0,
  });
  if (!tag.isHidden) await countNewTag(db, tag.repositoryId);
  return id;
}

export async function setTagEnd(db: Db, tagId: number, endMs: number | null): Promise<void> {
  await db.updateTable('tags').set({ end_ms: endMs }).where('id', '=', tagId).execute();
}

/** Makes the row the present one of its name. */
export async function setCurrentTag(
  db: Db,
  repositoryId: number,
  name: TagName,
  tagId: number,
  isNew: boolean,
): Promise<void> {
  if (isNew) {
    await db
      .insertInto('current_tags')
      .values({ repository_id: repositoryId, name, tag_id: tagId })
      .execute();
    return;
  }
  await db
    .updateTable('current_tags')
    .set({ tag_id: tagId })
    .where('repository_id', '=', repositoryId)
    .where('name', '=', name)
    .execute();
}

/** The row is no longer the present one of its name, which another row may be already. */
export async function deleteCurrentTag(db: Db, tagId: number): Promise<void> {
  await db.deleteFrom('current_tags').where('tag_id', '=', tagId).execute();
}

/** A tag that keeps a manifest now. */
export interface HoldingTag {
  readonly tagId: number;
  readonly name: string;
  readonly startMs: number;
  readonly endMs: number | null;
  readonly isHidden: boolean;
  readonly isImmutable: boolean;
}

/** The alive visible tag of a name. */
export async function findAliveTag(
  db: Db,
  repositoryId: number,
  name: TagName,
  nowMs: number,
): Promise<(HoldingTag & { readonly manifestId: number; readonly digest: Digest }) | undefined> {
  const row = await db
    .selectFrom('current_tags')
    .innerJoin('tags', 'tags.id', 'current_tags.tag_id')
    .innerJoin('manifests', 'manifests.id', 'tags.manifest_id')
    .select([
      'tags.id',
      'tags.name',
      'tags.start_ms',
      'tags.end_ms',
      'tags.immutable',
      'tags.manifest_id',
      'manifests.digest',
    ])
    .where('current_tags.repository_id', '=', repositoryId)
    .where('current_tags.name', '=', name)
    .where((eb) => eb.or([eb('tags.end_ms', 'is', null), eb('tags.end_ms', '>', nowMs)]))
    .executeTakeFirst();
  return (
    row && {
      tagId: row.id,
      name: row.name,
      startMs: row.start_ms,
      endMs: row.end_ms,
      isHidden: false,
      isImmutable: row.immutable === 1,
      manifestId: row.manifest_id,
      digest: row.digest as Digest,
    }
  );
}

/** All alive tags that point at the manifest, hidden ones too, oldest first. */
export async function listHoldingTags(db: Db, manifestId: number, nowMs: number): Promise<HoldingTag[]> {
  const rows = await db
    .selectFrom('tags')
    .select(['id', 'name', 'start_ms', 'end_ms', 'hidden', 'immutable'])
    .where('manifest_id', '=', manifestId)
    .where((eb) => eb.or([eb('end_ms', 'is', null), eb('end_ms', '>', nowMs)]))
    .orderBy('id')
    .execute();
  return rows.map((row) => ({
    tagId: row.id,
    name: row.name,
    startMs: row.start_ms,
    endMs: row.end_ms,
    isHidden: row.hidden === 1,
    isImmutable: row.immutable === 1,
  }));
}

/**
 * Names of the alive visible tags of a repository in byte order, strictly after `after`, at most `limit`
 * (registry protocol A14); `nowMs` decides who is alive.
 */
export async function listTags(
  db: Db,
  page: {
    readonly repositoryId: number;
    readonly after?: string | undefined;
    readonly limit: number;
    readonly nowMs: number;
  },
): Promise<TagName[]> {
  if (page.limit <= 0) return [];
  let query = db
    .selectFrom('current_tags')
    .innerJoin('tags', 'tags.id', 'current_tags.tag_id')
    .select('current_tags.name as name')
    .where('current_tags.repository_id', '=', page.repositoryId)
    .where((eb) => eb.or([eb('tags.end_ms', 'is', null), eb('tags.end_ms', '>', page.nowMs)]));
  if (page.after !== undefined) query = query.where('current_tags.name', '>', page.after);
  const rows = await query.orderBy('current_tags.name').limit(page.limit).execute();
  return rows.map((row) => row.name as TagName);
}
