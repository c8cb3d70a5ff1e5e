import type { Digest } from '@wharf/oci';
import type { Expression, ExpressionBuilder, SqlBool } from 'kysely';
import type { Db } from '#/db/database.ts';
import { insertIgnore } from '#/db/insert-ignore.ts';
import type { Schema } from '#/db/schema.ts';
import { clockSkewMs } from '#/domain/blobs/leases.ts';

/** A row of `blob_deletions`: an object that a push may still place, or that a deleter is to remove. */
export interface BlobDeletion {
  readonly id: number;
  readonly digest: Digest;
  readonly locationId: number;
  readonly location: string;
  readonly path: string;
  readonly state: 'pending' | 'deleting';
  readonly leaseExpiresMs: number | null;
}

function selectDeletions(db: Db) {
  return db
    .selectFrom('blob_deletions')
    .innerJoin('storage_locations', 'storage_locations.id', 'blob_deletions.location_id')
    .select([
      'blob_deletions.id',
      'blob_deletions.digest',
      'blob_deletions.location_id',
      'storage_locations.name as location',
      'blob_deletions.path',
      'blob_deletions.state',
      'blob_deletions.lease_expires_ms',
    ]);
}

type DeletionRow = Awaited<ReturnType<ReturnType<typeof selectDeletions>['execute']>>[number];

function asDeletion(row: DeletionRow): BlobDeletion {
  return {
    id: row.id,
    digest: row.digest as Digest,
    locationId: row.location_id,
    location: row.location,
    path: row.path,
    state: row.state,
    leaseExpiresMs: row.lease_expires_ms,
  };
}

/** No push holds it, or its deleter is gone; with room for clocks that differ. */
function isClaimable(nowMs: number) {
  return (eb: ExpressionBuilder<Schema, 'blob_deletions'>): Expression<SqlBool> =>
    eb.or([
      eb('blob_deletions.lease_expires_ms', 'is', null),
      eb('blob_deletions.lease_expires_ms', '<=', nowMs - clockSkewMs),
    ]);
}

/** The row that guards one object, if a push or a deleter is at work on it. */
export async function findDeletion(
  db: Db,
  digest: Digest,
  locationId: number,
): Promise<BlobDeletion | undefined> {
  const row = await selectDeletions(db)
    .where('blob_deletions.digest', '=', digest)
    .where('blob_deletions.location_id', '=', locationId)
    .executeTakeFirst();
  return row === undefined ? undefined : asDeletion(row);
}

/** Records that an object may come to exist; false when a row for it is there already. */
export async function insertDeletion(
  db: Db,
  deletion: {
    readonly digest: Digest;
    readonly locationId: number;
    readonly path: string;
    readonly nowMs: number;
    /** While this lies ahead, a push is placing the object and no deleter may take the row. */
    readonly reservedUntilMs: number | null;
  },
): Promise<boolean> {
  return await insertIgnore(db, 'blob_deletions', {
    digest: deletion.digest,
    location_id: deletion.locationId,
    path: deletion.path,
    state: 'pending',
    owner: null,
    lease_expires_ms: deletion.reservedUntilMs,
    created_ms: deletion.nowMs,
  });
}

/** Takes a pending deletion back for a push, until `reservedUntilMs` at least; false when it is pending no more. */
export async function reserveDeletion(db: Db, id: number, reservedUntilMs: number): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('blob_deletions')
    .set((eb) => ({
      lease_expires_ms: eb
        .case()
        .when('lease_expires_ms', '>', reservedUntilMs)
        .then(eb.ref('lease_expires_ms'))
        .else(reservedUntilMs)
        .end(),
    }))
    .where('id', '=', id)
    .where('state', '=', 'pending')
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

/** Ends a push's reservation of an object that has a placement now; false when there is none. */
export async function dropReservation(db: Db, digest: Digest, locationId: number): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('blob_deletions')
    .where('digest', '=', digest)
    .where('location_id', '=', locationId)
    .where('state', '=', 'pending')
    .executeTakeFirstOrThrow();
  return numDeletedRows > 0n;
}

/** Deletions that a deleter may claim: pending ones that no push holds, and those of deleters that are gone. */
export async function listClaimableDeletions(
  db: Db,
  options: { readonly nowMs: number; readonly limit: number; readonly locations: readonly string[] },
): Promise<BlobDeletion[]> {
  const rows = await selectDeletions(db)
    .where('storage_locations.name', 'in', options.locations)
    .where(isClaimable(options.nowMs))
    .orderBy('blob_deletions.id')
    .limit(options.limit)
    .execute();
  return rows.map(asDeletion);
}

/** Turns a claimable deletion into one of this owner; false when somebody else was faster or a push came between. */
export async function claimDeletion(
  db: Db,
  claim: {
    readonly id: number;
    readonly owner: string;
    readonly nowMs: number;
    readonly leaseExpiresMs: number;
  },
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('blob_deletions')
    .set({ state: 'deleting', owner: claim.owner, lease_expires_ms: claim.leaseExpiresMs })
    .where('id', '=', claim.id)
    .where(isClaimable(claim.nowMs))
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

/** Ends a deletion that this owner holds; false when it was taken over meanwhile. */
export async function finishDeletion(db: Db, id: number, owner: string): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('blob_deletions')
    .where('id', '=', id)
    .where('state', '=', 'deleting')
    .where('owner', '=', owner)
    .executeTakeFirstOrThrow();
  return numDeletedRows > 0n;
}

/** Prolongs a push's reservation that has not run out; false when there is none. */
export async function extendReservation(
  db: Db,
  reservation: {
    readonly digest: Digest;
    readonly locationId: number;
    readonly nowMs: number;
    readonly untilMs: number;
  },
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('blob_deletions')
    .set((eb) => ({
      lease_expires_ms: eb
        .case()
        .when('lease_expires_ms', '>', reservation.untilMs)
        .then(eb.ref('lease_expires_ms'))
        .else(reservation.untilMs)
        .end(),
    }))
    .where('digest', '=', reservation.digest)
    .where('location_id', '=', reservation.locationId)
    .where('state', '=', 'pending')
    .where('lease_expires_ms', '>', reservation.nowMs)
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}
