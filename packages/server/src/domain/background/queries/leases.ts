import type { Db } from '#/db/database.ts';
import { insertIgnore } from '#/db/insert-ignore.ts';

/** Takes a named lease that nobody holds; false while somebody else does. */
export async function takeLease(
  db: Db,
  lease: {
    readonly name: string;
    readonly owner: string;
    readonly nowMs: number;
    readonly expiresMs: number;
  },
): Promise<boolean> {
  const inserted = await insertIgnore(db, 'leases', {
    name: lease.name,
    owner: lease.owner,
    expires_ms: lease.expiresMs,
    last_run_ms: null,
  });
  if (inserted) return true;
  const { numUpdatedRows } = await db
    .updateTable('leases')
    .set({ owner: lease.owner, expires_ms: lease.expiresMs })
    .where('name', '=', lease.name)
    .where('expires_ms', '<=', lease.nowMs)
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

/** Prolongs a lease that is still this owner's and has not run out; false otherwise. */
export async function renewLease(
  db: Db,
  lease: {
    readonly name: string;
    readonly owner: string;
    readonly nowMs: number;
    readonly expiresMs: number;
  },
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('leases')
    .set({ expires_ms: lease.expiresMs })
    .where('name', '=', lease.name)
    .where('owner', '=', lease.owner)
    .where('expires_ms', '>', lease.nowMs)
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

/** Gives a lease back, with the instant of the run, if it is still this owner's. */
export async function releaseLease(
  db: Db,
  lease: { readonly name: string; readonly owner: string; readonly nowMs: number },
): Promise<void> {
  await db
    .updateTable('leases')
    .set({ expires_ms: lease.nowMs, last_run_ms: lease.nowMs })
    .where('name', '=', lease.name)
    .where('owner', '=', lease.owner)
    .execute();
}

/** When work under the lease last ended. */
export async function findLastRun(db: Db, name: string): Promise<number | undefined> {
  const row = await db.selectFrom('leases').select('last_run_ms').where('name', '=', name).executeTakeFirst();
  return row?.last_run_ms ?? undefined;
}
