import type { DigestAlgorithm } from '@wharf/oci';
import type { Db } from '#/db/database.ts';
import { insertRow } from '#/db/insert-row.ts';
import { lockRow } from '#/db/lock-row.ts';
import type { UploadRecord, UploadStore } from './upload.ts';

export interface UploadKey {
  readonly repositoryId: number;
  readonly uuid: string;
}

function selectUploads(db: Db) {
  return db
    .selectFrom('uploads')
    .select((eb) => [
      'uploads.id',
      'uploads.uuid',
      'uploads.repository_id',
      'uploads.size_bytes',
      'uploads.algorithm',
      'uploads.digest_so_far',
      'uploads.hash_state',
      'uploads.storage_state_json',
      'uploads.lock_owner',
      'uploads.lock_expires_ms',
      'uploads.updated_ms',
      eb
        .selectFrom('storage_locations')
        .select('storage_locations.name')
        .whereRef('storage_locations.id', '=', 'uploads.location_id')
        .$asScalar()
        .$notNull()
        .as('location'),
    ]);
}

type UploadRow = Awaited<ReturnType<ReturnType<typeof selectUploads>['execute']>>[number];

function asRecord(row: UploadRow): UploadRecord {
  return {
    id: row.id,
    uuid: row.uuid,
    repositoryId: row.repository_id,
    sizeBytes: row.size_bytes,
    algorithm: row.algorithm as DigestAlgorithm,
    location: row.location,
    digestSoFar: row.digest_so_far ?? undefined,
    hashState: row.hash_state ?? undefined,
    store: JSON.parse(row.storage_state_json) as UploadStore,
    lockOwner: row.lock_owner ?? undefined,
    lockExpiresMs: row.lock_expires_ms ?? 0,
    updatedMs: row.updated_ms,
  };
}

/** The upload with that uuid, if it belongs to the repository. */
export async function findUpload(db: Db, key: UploadKey): Promise<UploadRecord | undefined> {
  const row = await selectUploads(db)
    .where('uploads.uuid', '=', key.uuid)
    .where('uploads.repository_id', '=', key.repositoryId)
    .executeTakeFirst();
  return row === undefined ? undefined : asRecord(row);
}

/** As findUpload, with the row locked until the transaction ends. */
export async function findUploadForUpdate(db: Db, key: UploadKey): Promise<UploadRecord | undefined> {
  const query = selectUploads(db)
    .where('uploads.uuid', '=', key.uuid)
    .where('uploads.repository_id', '=', key.repositoryId);
  const row = await lockRow(db, query).executeTakeFirst();
  return row === undefined ? undefined : asRecord(row);
}

export async function insertUpload(
  db: Db,
  upload: UploadKey & {
    readonly locationId: number;
    readonly algorithm: DigestAlgorithm;
    readonly store: UploadStore;
    readonly nowMs: number;
  },
): Promise<void> {
  await insertRow(db, 'uploads', {
    uuid: upload.uuid,
    repository_id: upload.repositoryId,
    location_id: upload.locationId,
    size_bytes: 0,
    chunk_count: 0,
    algorithm: upload.algorithm,
    digest_so_far: null,
    hash_state: null,
    storage_state_json: JSON.stringify(upload.store),
    created_ms: upload.nowMs,
    updated_ms: upload.nowMs,
    lock_owner: null,
    lock_expires_ms: null,
  });
}

/** Gives the upload to a request; the row must have been read under its lock in this transaction. */
export async function setLock(
  db: Db,
  lock: { readonly id: number; readonly owner: string; readonly expiresMs: number },
): Promise<void> {
  await db
    .updateTable('uploads')
    .set({ lock_owner: lock.owner, lock_expires_ms: lock.expiresMs })
    .where('id', '=', lock.id)
    .execute();
}

/** Prolongs a lock that is still this owner's; false when somebody else took it or the upload is gone. */
export async function renewLock(
  db: Db,
  lock: { readonly id: number; readonly owner: string; readonly expiresMs: number },
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('uploads')
    .set({ lock_expires_ms: lock.expiresMs })
    .where('id', '=', lock.id)
    .where('lock_owner', '=', lock.owner)
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

export async function releaseLock(db: Db, id: number, owner: string): Promise<void> {
  await db
    .updateTable('uploads')
    .set({ lock_owner: null, lock_expires_ms: null })
    .where('id', '=', id)
    .where('lock_owner', '=', owner)
    .execute();
}

export interface Progress {
  readonly id: number;
  readonly owner: string;
  /** What the row held when the request began. */
  readonly fromSizeBytes: number;
  readonly sizeBytes: number;
  readonly digestSoFar: string;
  readonly hashState: Buffer | undefined;
  readonly store: UploadStore;
  readonly nowMs: number;
}

/** Accounts for appended bytes and gives the lock back; false when the upload moved or changed hands meanwhile. */
export async function saveProgress(db: Db, progress: Progress): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('uploads')
    .set((eb) => ({
      size_bytes: progress.sizeBytes,
      chunk_count: eb('chunk_count', '+', 1),
      digest_so_far: progress.digestSoFar,
      hash_state: progress.hashState ?? null,
      storage_state_json: JSON.stringify(progress.store),
      updated_ms: progress.nowMs,
      lock_owner: null,
      lock_expires_ms: null,
    }))
    .where('id', '=', progress.id)
    .where('size_bytes', '=', progress.fromSizeBytes)
    .where('lock_owner', '=', progress.owner)
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

/** Points the upload to another copy of its bytes; false when it is no longer this owner's. */
export async function saveStore(
  db: Db,
  change: { readonly id: number; readonly owner: string; readonly store: UploadStore },
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('uploads')
    .set({ storage_state_json: JSON.stringify(change.store) })
    .where('id', '=', change.id)
    .where('lock_owner', '=', change.owner)
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

/** Ends an upload that this owner holds; false when it is gone or somebody else's. */
export async function deleteLockedUpload(db: Db, id: number, owner: string): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('uploads')
    .where('id', '=', id)
    .where('lock_owner', '=', owner)
    .executeTakeFirstOrThrow();
  return numDeletedRows > 0n;
}

/** Ends an upload whatever its state; the row must have been read under its lock in this transaction. */
export async function deleteUpload(db: Db, id: number): Promise<void> {
  await db.deleteFrom('uploads').where('id', '=', id).execute();
}

/** Uploads that nobody touched since `beforeMs`, oldest first. */
export async function listStaleUploads(
  db: Db,
  options: { readonly beforeMs: number; readonly limit: number },
): Promise<UploadRecord[]> {
  const rows = await selectUploads(db)
    .where('uploads.updated_ms', '<', options.beforeMs)
    .orderBy('uploads.updated_ms')
    .limit(options.limit)
    .execute();
  return rows.map(asRecord);
}

/** Uploads of a repository, at most `limit`. */
export async function listUploadsOfRepository(
  db: Db,
  options: { readonly repositoryId: number; readonly limit: number },
): Promise<UploadRecord[]> {
  const rows = await selectUploads(db)
    .where('uploads.repository_id', '=', options.repositoryId)
    .limit(options.limit)
    .execute();
  return rows.map(asRecord);
}

/** The upload that owns an id of a store, if any does. */
export async function findUploadOfStore(db: Db, storeId: string): Promise<UploadRecord | undefined> {
  const row = await selectUploads(db).where('uploads.uuid', '=', storeId.slice(0, 36)).executeTakeFirst();
  if (row === undefined) return undefined;
  const record = asRecord(row);
  return record.store.id === storeId ? record : undefined;
}
