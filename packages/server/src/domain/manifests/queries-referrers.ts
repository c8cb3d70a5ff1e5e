import type { Digest } from '@wharf/oci';
import { sql } from 'kysely';
import type { Db } from '#/db/database.ts';

/** A manifest that names a subject. */
export interface ReferrerRow {
  readonly id: number;
  readonly digest: Digest;
  readonly mediaType: string;
  readonly sizeBytes: number;
  readonly artifactType: string | null;
  /** Length of the annotations as JSON. */
  readonly annotationsBytes: number;
}

/** Manifests whose subject is the digest, in the order of their digests, behind `after`, at most `limit`. */
export async function listReferrerRows(
  db: Db,
  page: {
    readonly repositoryId: number;
    readonly subject: Digest;
    readonly artifactType?: string | undefined;
    readonly after: string | undefined;
    readonly limit: number;
  },
): Promise<ReferrerRow[]> {
  let query = db
    .selectFrom('manifests')
    .select([
      'id',
      'digest',
      'media_type as mediaType',
      'size_bytes as sizeBytes',
      'artifact_type as artifactType',
      sql<number | null>`octet_length(annotations_json)`.as('annotationsBytes'),
    ])
    .where('repository_id', '=', page.repositoryId)
    .where('subject_digest', '=', page.subject);
  if (page.after !== undefined) query = query.where('digest', '>', page.after);
  if (page.artifactType !== undefined) query = query.where('artifact_type', '=', page.artifactType);
  const rows = await query.orderBy('digest').limit(page.limit).execute();
  return rows.map((row) => ({
    ...row,
    digest: row.digest as Digest,
    annotationsBytes: row.annotationsBytes ?? 0,
  }));
}

/** Those of the digests whose manifest in the repository has the subject, by the id of the manifest. */
export async function findReferrersAmong(
  db: Db,
  given: { readonly repositoryId: number; readonly subject: Digest; readonly digests: readonly string[] },
): Promise<ReadonlyMap<number, string>> {
  if (given.digests.length === 0) return new Map();
  const rows = await db
    .selectFrom('manifests')
    .select(['id', 'digest'])
    .where('repository_id', '=', given.repositoryId)
    .where('subject_digest', '=', given.subject)
    .where('digest', 'in', given.digests)
    .execute();
  return new Map(rows.map(({ id, digest }) => [id, digest]));
}

/** The annotations of manifests with a subject as JSON, by id; none for those without. */
export async function findAnnotations(
  db: Db,
  manifestIds: readonly number[],
): Promise<ReadonlyMap<number, string>> {
  if (manifestIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('manifests')
    .select(['id', 'annotations_json as json'])
    .where('id', 'in', manifestIds)
    .execute();
  return new Map(rows.flatMap(({ id, json }) => (json === null ? [] : [[id, json] as const])));
}
