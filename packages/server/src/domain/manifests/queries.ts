import type { Digest } from '@wharf/oci';
import type { Db } from '#/db/database.ts';
import { insertRow } from '#/db/insert-row.ts';
import { prepareQuery } from '#/db/prepare-query.ts';
import type { NewRow } from '#/db/schema.ts';
import type { ManifestLabel } from './collect-labels.ts';

/** A stored manifest without its bytes. */
export interface StoredManifest {
  readonly id: number;
  readonly digest: Digest;
  readonly mediaType: string;
  readonly sizeBytes: number;
}

const storedColumns = [
  'manifests.id',
  'manifests.digest',
  'manifests.media_type',
  'manifests.size_bytes',
] as const;

interface StoredRow {
  readonly id: number;
  readonly digest: string;
  readonly media_type: string;
  readonly size_bytes: number;
}

function fromRow(row: StoredRow): StoredManifest {
  return {
    id: row.id,
    digest: row.digest as Digest,
    mediaType: row.media_type,
    sizeBytes: row.size_bytes,
  };
}

/** The manifest stored in the repository under that digest, whether or not anything still holds it. */
export async function findStoredManifest(
  db: Db,
  repositoryId: number,
  digest: Digest,
): Promise<StoredManifest | undefined> {
  const row = await db
    .selectFrom('manifests')
    .select(storedColumns)
    .where('repository_id', '=', repositoryId)
    .where('digest', '=', digest)
    .executeTakeFirst();
  return row && fromRow(row);
}

/** Those of the digests that are stored in the repository, by digest. */
export async function findStoredManifests(
  db: Db,
  repositoryId: number,
  digests: readonly Digest[],
): Promise<ReadonlyMap<Digest, StoredManifest>> {
  if (digests.length === 0) return new Map();
  const rows = await db
    .selectFrom('manifests')
    .select(storedColumns)
    .where('repository_id', '=', repositoryId)
    .where('digest', 'in', digests)
    .execute();
  return new Map(rows.map(fromRow).map((manifest) => [manifest.digest, manifest]));
}

const selectTagged = prepareQuery((db, repositoryId: number, tag: string, nowMs: number) =>
  db
    .selectFrom('current_tags')
    .innerJoin('tags', 'tags.id', 'current_tags.tag_id')
    .innerJoin('manifests', 'manifests.id', 'tags.manifest_id')
    .select([...storedColumns, 'tags.end_ms'])
    .where('current_tags.repository_id', '=', repositoryId)
    .where('current_tags.name', '=', tag)
    .where((eb) => eb.or([eb('tags.end_ms', 'is', null), eb('tags.end_ms', '>', nowMs)])),
);

/** The manifest that an alive tag of that name points at, and until when: primary keys all the way. */
export async function findTaggedManifest(
  db: Db,
  repositoryId: number,
  tag: string,
  nowMs: number,
): Promise<{ readonly manifest: StoredManifest; readonly untilMs: number | undefined } | undefined> {
  const [row] = await selectTagged(db, repositoryId, tag, nowMs);
  return row && { manifest: fromRow(row), untilMs: row.end_ms ?? undefined };
}

/** Whether the history knows a tag of that name, dead or alive. */
export async function isTagRemembered(db: Db, repositoryId: number, tag: string): Promise<boolean> {
  const row = await db
    .selectFrom('tags')
    .select('id')
    .where('repository_id', '=', repositoryId)
    .where('name', '=', tag)
    .where('hidden', '=', 0)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

const selectBytes = prepareQuery((db, manifestId: number) =>
  db.selectFrom('manifests').select('bytes').where('id', '=', manifestId),
);

/** The exact bytes; undefined if the manifest was collected meanwhile. */
export async function findManifestBytes(db: Db, manifestId: number): Promise<Buffer | undefined> {
  const [row] = await selectBytes(db, manifestId);
  return row?.bytes;
}

export async function insertManifestRow(db: Db, values: NewRow<'manifests'>): Promise<number> {
  return insertRow(db, 'manifests', values);
}

/** Links the blobs, in the order given; the rows of the blobs must be locked. */
export async function insertManifestBlobs(
  db: Db,
  repositoryId: number,
  manifestId: number,
  blobIds: readonly number[],
): Promise<void> {
  if (blobIds.length === 0) return;
  await db
    .insertInto('manifest_blobs')
    .values(
      blobIds.map((blobId) => ({ repository_id: repositoryId, manifest_id: manifestId, blob_id: blobId })),
    )
    .execute();
}

export async function insertManifestChildren(
  db: Db,
  repositoryId: number,
  manifestId: number,
  childIds: readonly number[],
): Promise<void> {
  if (childIds.length === 0) return;
  await db
    .insertInto('manifest_children')
    .values(
      childIds.map((childId) => ({
        repository_id: repositoryId,
        manifest_id: manifestId,
        child_manifest_id: childId,
      })),
    )
    .execute();
}

/** Labels found in the pushed content: read-only ever after. */
export async function insertContentLabels(
  db: Db,
  repositoryId: number,
  manifestId: number,
  labels: readonly (ManifestLabel & { readonly uuid: string })[],
): Promise<void> {
  if (labels.length === 0) return;
  await db
    .insertInto('manifest_labels')
    .values(
      labels.map((label) => ({
        uuid: label.uuid,
        repository_id: repositoryId,
        manifest_id: manifestId,
        key: label.key,
        value: label.value,
        media_type: label.mediaType,
        source_type: 'manifest' as const,
      })),
    )
    .execute();
}

/** All labels with one of the keys on the manifests. */
export async function listLabelsWithKey(
  db: Db,
  manifestIds: readonly number[],
  key: string,
): Promise<readonly { readonly manifestId: number; readonly value: string }[]> {
  if (manifestIds.length === 0) return [];
  return db
    .selectFrom('manifest_labels')
    .select(['manifest_id as manifestId', 'value'])
    .where('manifest_id', 'in', manifestIds)
    .where('key', '=', key)
    .orderBy('id')
    .execute();
}

/** The children of the given manifests, each pair once. */
export async function listChildren(
  db: Db,
  manifestIds: readonly number[],
): Promise<readonly { readonly parentId: number; readonly childId: number; readonly mediaType: string }[]> {
  if (manifestIds.length === 0) return [];
  return db
    .selectFrom('manifest_children')
    .innerJoin('manifests', 'manifests.id', 'manifest_children.child_manifest_id')
    .select([
      'manifest_children.manifest_id as parentId',
      'manifest_children.child_manifest_id as childId',
      'manifests.media_type as mediaType',
    ])
    .where('manifest_children.manifest_id', 'in', manifestIds)
    .execute();
}
