import { sql } from 'kysely';
import type { Db } from '#/db/database.ts';
import { insertIgnore } from '#/db/insert-ignore.ts';

const slot = 1;

/** The last measurement of what the registry holds, and whether another one is on its way. */
export interface RegistrySize {
  readonly sizeBytes: number;
  /** null: never measured. */
  readonly completedMs: number | null;
  readonly queued: boolean;
  readonly running: boolean;
}

export async function findRegistrySize(db: Db): Promise<RegistrySize | undefined> {
  const row = await db.selectFrom('registry_size').selectAll().where('slot', '=', slot).executeTakeFirst();
  return (
    row && {
      sizeBytes: row.size_bytes,
      completedMs: row.completed_ms,
      queued: row.queued === 1,
      running: row.running === 1,
    }
  );
}

/** False when a measurement waits or runs already. */
export async function queueMeasurement(db: Db): Promise<boolean> {
  await insertIgnore(db, 'registry_size', { slot, size_bytes: 0, completed_ms: null, queued: 0, running: 0 });
  const { numUpdatedRows } = await db
    .updateTable('registry_size')
    .set({ queued: 1 })
    .where('slot', '=', slot)
    .where('queued', '=', 0)
    .where('running', '=', 0)
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

/** Takes up what is queued, or what a node left unfinished; false when there is nothing to do. */
export async function beginMeasurement(db: Db): Promise<boolean> {
  const row = await findRegistrySize(db);
  if (row === undefined || !(row.queued || row.running)) return false;
  await db.updateTable('registry_size').set({ queued: 0, running: 1 }).where('slot', '=', slot).execute();
  return true;
}

export async function endMeasurement(
  db: Db,
  result: { readonly sizeBytes: number; readonly nowMs: number },
): Promise<void> {
  await db
    .updateTable('registry_size')
    .set({ size_bytes: result.sizeBytes, completed_ms: result.nowMs, running: 0 })
    .where('slot', '=', slot)
    .execute();
}

/** Bytes of the next `limit` blobs after an id, and the last of their ids; undefined when there are no more. */
export async function sumBlobSizes(
  db: Db,
  page: { readonly afterId: number; readonly limit: number },
): Promise<{ readonly sizeBytes: number; readonly lastId: number } | undefined> {
  const row = await db
    .selectFrom(
      db
        .selectFrom('blobs')
        .select(['id', 'size_bytes'])
        .where('id', '>', page.afterId)
        .orderBy('id')
        .limit(page.limit)
        .as('b'),
    )
    .select([
      sql<number | null>`sum(${sql.ref('b.size_bytes')})`.as('sizeBytes'),
      sql<number | null>`max(${sql.ref('b.id')})`.as('lastId'),
    ])
    .executeTakeFirstOrThrow();
  if (row.lastId === null) return undefined;
  return { sizeBytes: Number(row.sizeBytes), lastId: Number(row.lastId) };
}
