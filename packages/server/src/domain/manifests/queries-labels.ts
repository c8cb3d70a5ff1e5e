import type { LabelMediaType } from '@wharf/oci';
import type { Expression, ExpressionBuilder, SqlBool } from 'kysely';
import type { Db } from '#/db/database.ts';
import type { Schema } from '#/db/schema.ts';

/** A label of a manifest. */
export interface StoredLabel {
  readonly uuid: string;
  readonly key: string;
  readonly value: string;
  readonly mediaType: LabelMediaType;
  /** Those of the manifest itself, and of the registry, are there to stay. */
  readonly sourceType: 'manifest' | 'api' | 'internal';
}

const columns = ['uuid', 'key', 'value', 'media_type as mediaType', 'source_type as sourceType'] as const;

/** Labels of one manifest whose key starts with a text, by key; a manifest has a bounded number. */
export async function listLabels(db: Db, manifestId: number, keyPrefix = ''): Promise<StoredLabel[]> {
  return db
    .selectFrom('manifest_labels')
    .select(columns)
    .where('manifest_id', '=', manifestId)
    .$if(keyPrefix !== '', (query) => query.where((eb) => startsWith(eb, keyPrefix)))
    .orderBy('key')
    .orderBy('id')
    .execute();
}

function startsWith(eb: ExpressionBuilder<Schema, 'manifest_labels'>, prefix: string): Expression<SqlBool> {
  const length = [...prefix].length;
  return eb.and([
    // The first condition lets an index do the work.
    eb('key', '>=', prefix),
    eb(eb.fn<string>('substr', [eb.ref('key'), eb.lit(1), eb.lit(length)]), '=', prefix),
  ]);
}

/** Looked up inside its manifest: the id of another's label finds nothing. */
export async function findLabel(db: Db, manifestId: number, uuid: string): Promise<StoredLabel | undefined> {
  return db
    .selectFrom('manifest_labels')
    .select(columns)
    .where('manifest_id', '=', manifestId)
    .where('uuid', '=', uuid)
    .executeTakeFirst();
}

export async function countLabels(db: Db, manifestId: number): Promise<number> {
  const { count } = await db
    .selectFrom('manifest_labels')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('manifest_id', '=', manifestId)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** A label that a person adds. */
export async function insertApiLabel(
  db: Db,
  label: Omit<StoredLabel, 'sourceType'> & { readonly repositoryId: number; readonly manifestId: number },
): Promise<void> {
  await db
    .insertInto('manifest_labels')
    .values({
      uuid: label.uuid,
      repository_id: label.repositoryId,
      manifest_id: label.manifestId,
      key: label.key,
      value: label.value,
      media_type: label.mediaType,
      source_type: 'api',
    })
    .execute();
}

export async function deleteLabel(db: Db, manifestId: number, uuid: string): Promise<void> {
  await db
    .deleteFrom('manifest_labels')
    .where('manifest_id', '=', manifestId)
    .where('uuid', '=', uuid)
    .execute();
}
