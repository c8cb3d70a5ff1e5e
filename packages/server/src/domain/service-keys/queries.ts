import type { Db } from '#/db/database.ts';
import { insertRow } from '#/db/insert-row.ts';
import { lockRow } from '#/db/lock-row.ts';
import type { NewRow, Row } from '#/db/schema.ts';
import type { ServiceKey, ServiceKeyApproval } from './service-key.ts';

/** The key of that id, of that service, whatever its state. */
export async function findServiceKey(
  db: Db,
  input: { readonly service: string; readonly kid: string },
): Promise<ServiceKey | undefined> {
  const row = await db
    .selectFrom('service_keys')
    .selectAll()
    .where('kid', '=', input.kid)
    .where('service', '=', input.service)
    .executeTakeFirst();
  return row && fromRow(row);
}

/** The key of that id, of whatever service; ids are unique across services. */
export async function findServiceKeyById(db: Db, kid: string): Promise<ServiceKey | undefined> {
  const row = await db.selectFrom('service_keys').selectAll().where('kid', '=', kid).executeTakeFirst();
  return row && fromRow(row);
}

/** As findServiceKeyById, locked until the transaction ends. */
export async function lockServiceKey(db: Db, kid: string): Promise<ServiceKey | undefined> {
  const query = db.selectFrom('service_keys').selectAll().where('kid', '=', kid);
  const row = await lockRow(db, query).executeTakeFirst();
  return row && fromRow(row);
}

/** Every key, whatever its state, oldest first. */
export async function listServiceKeys(db: Db): Promise<ServiceKey[]> {
  const rows = await db.selectFrom('service_keys').selectAll().orderBy('id').execute();
  return rows.map(fromRow);
}

/** Keys of a service that are approved and not expired at `nowMs`, oldest first. */
export async function listActiveServiceKeys(
  db: Db,
  input: { readonly service: string; readonly nowMs: number },
): Promise<ServiceKey[]> {
  const rows = await db
    .selectFrom('service_keys')
    .selectAll()
    .where('service', '=', input.service)
    .where('approved_ms', 'is not', null)
    .where((where) => where.or([where('expires_ms', 'is', null), where('expires_ms', '>', input.nowMs)]))
    .orderBy('id')
    .execute();
  return rows.map(fromRow);
}

export async function insertServiceKey(db: Db, key: Omit<ServiceKey, 'id'>): Promise<number> {
  return insertRow(db, 'service_keys', {
    kid: key.kid,
    name: key.name,
    service: key.service,
    jwk_json: JSON.stringify(key.jwk),
    metadata_json: JSON.stringify(key.metadata),
    created_ms: key.createdMs,
    expires_ms: key.expiresMs,
    rotation_duration_s: key.rotationDurationSeconds,
    ...approvalColumns(key.approval),
  });
}

/** Whether a key without approval was there. */
export async function setApproval(
  db: Db,
  input: { readonly kid: string; readonly approval: ServiceKeyApproval },
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('service_keys')
    .set(approvalColumns(input.approval))
    .where('kid', '=', input.kid)
    .where('approved_ms', 'is', null)
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

export async function setNameAndMetadata(
  db: Db,
  key: Pick<ServiceKey, 'id' | 'name' | 'metadata'>,
): Promise<void> {
  await db
    .updateTable('service_keys')
    .set({ name: key.name, metadata_json: JSON.stringify(key.metadata) })
    .where('id', '=', key.id)
    .execute();
}

export async function setExpiration(
  db: Db,
  input: { readonly service: string; readonly kid: string; readonly expiresMs: number | null },
): Promise<void> {
  await db
    .updateTable('service_keys')
    .set({ expires_ms: input.expiresMs })
    .where('kid', '=', input.kid)
    .where('service', '=', input.service)
    .execute();
}

export async function deleteServiceKeyRow(db: Db, id: number): Promise<void> {
  await db.deleteFrom('service_keys').where('id', '=', id).execute();
}

/** How many keys wait for a superuser, of all services. */
export async function countWaitingServiceKeys(db: Db): Promise<number> {
  const row = await db
    .selectFrom('service_keys')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('approved_ms', 'is', null)
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

/** Keys that expired before `expiredBeforeMs`, and unapproved ones made before `unapprovedBeforeMs` or expired; of all services without one. */
export async function listStaleServiceKeys(
  db: Db,
  input: {
    readonly service: string | undefined;
    readonly nowMs: number;
    readonly expiredBeforeMs: number;
    readonly unapprovedBeforeMs: number;
    readonly limit: number;
  },
): Promise<{ readonly id: number; readonly kid: string }[]> {
  return db
    .selectFrom('service_keys')
    .select(['id', 'kid'])
    .$if(input.service !== undefined, (query) => query.where('service', '=', input.service ?? ''))
    .where((where) =>
      where.or([
        where('expires_ms', '<', input.expiredBeforeMs),
        where.and([
          where('approved_ms', 'is', null),
          where.or([
            where('created_ms', '<', input.unapprovedBeforeMs),
            where('expires_ms', '<', input.nowMs),
          ]),
        ]),
      ]),
    )
    .orderBy('id')
    .limit(input.limit)
    .execute();
}

function approvalColumns(
  approval: ServiceKeyApproval | undefined,
): Pick<NewRow<'service_keys'>, 'approval_type' | 'approver_id' | 'approved_ms' | 'approval_notes'> {
  return {
    approval_type: approval?.type ?? null,
    approver_id: approval?.approverId ?? null,
    approved_ms: approval?.approvedMs ?? null,
    approval_notes: approval?.notes ?? '',
  };
}

function fromRow(row: Row<'service_keys'>): ServiceKey {
  const { approval_type: type, approved_ms: approvedMs } = row;
  return {
    id: row.id,
    kid: row.kid,
    name: row.name,
    service: row.service,
    jwk: JSON.parse(row.jwk_json),
    metadata: JSON.parse(row.metadata_json),
    createdMs: row.created_ms,
    expiresMs: row.expires_ms,
    rotationDurationSeconds: row.rotation_duration_s,
    approval:
      type === null || approvedMs === null
        ? undefined
        : { type, approvedMs, approverId: row.approver_id, notes: row.approval_notes },
  };
}
