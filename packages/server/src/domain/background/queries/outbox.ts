import type { Db } from '#/db/database.ts';
import { insertRow } from '#/db/insert-row.ts';

/** A delivery that this process holds. */
export interface OutboxEvent {
  readonly id: number;
  readonly topic: string;
  readonly repositoryId: number | null;
  readonly eventNumber: number | null;
  readonly body: string;
  /** Failed attempts before this one. */
  readonly attempts: number;
}

export async function insertOutboxEvent(
  db: Db,
  event: {
    readonly topic: string;
    readonly repositoryId: number | null;
    readonly eventNumber: number | null;
    readonly body: string;
    readonly nowMs: number;
    readonly availableAfterMs: number;
  },
): Promise<number> {
  return await insertRow(db, 'outbox', {
    topic: event.topic,
    repository_id: event.repositoryId,
    event_number: event.eventNumber,
    body: event.body,
    created_ms: event.nowMs,
    available_after_ms: event.availableAfterMs,
    attempts: 0,
    parked: 0,
    owner: null,
    lease_expires_ms: null,
  });
}

/**
 * Events of a topic that may be delivered now: due, held by nobody, and, where they are numbered, with no earlier one of their
 * repository before them. Parked events block nothing.
 */
export async function listDueEvents(
  db: Db,
  options: { readonly topic: string; readonly nowMs: number; readonly limit: number },
): Promise<OutboxEvent[]> {
  return await db
    .selectFrom('outbox as event')
    .select([
      'event.id',
      'event.topic',
      'event.repository_id as repositoryId',
      'event.event_number as eventNumber',
      'event.body',
      'event.attempts',
    ])
    .where('event.topic', '=', options.topic)
    .where('event.parked', '=', 0)
    .where('event.available_after_ms', '<=', options.nowMs)
    .where((eb) =>
      eb.or([eb('event.lease_expires_ms', 'is', null), eb('event.lease_expires_ms', '<=', options.nowMs)]),
    )
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('outbox as earlier')
            .select('earlier.id')
            .whereRef('earlier.topic', '=', 'event.topic')
            .whereRef('earlier.repository_id', '=', 'event.repository_id')
            .whereRef('earlier.event_number', '<', 'event.event_number')
            .where('earlier.parked', '=', 0),
        ),
      ),
    )
    .orderBy('event.available_after_ms')
    .orderBy('event.id')
    .limit(options.limit)
    .execute();
}

/** Takes a due event; false when somebody else was faster. */
export async function claimEvent(
  db: Db,
  claim: {
    readonly id: number;
    readonly owner: string;
    readonly nowMs: number;
    readonly leaseExpiresMs: number;
  },
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('outbox')
    .set({ owner: claim.owner, lease_expires_ms: claim.leaseExpiresMs })
    .where('id', '=', claim.id)
    .where('parked', '=', 0)
    .where('available_after_ms', '<=', claim.nowMs)
    .where((eb) => eb.or([eb('lease_expires_ms', 'is', null), eb('lease_expires_ms', '<=', claim.nowMs)]))
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

/** Removes a delivered event that is still this owner's. */
export async function deleteEvent(db: Db, id: number, owner: string): Promise<void> {
  await db.deleteFrom('outbox').where('id', '=', id).where('owner', '=', owner).execute();
}

/** Hands a failed event back for a later attempt, or parks it. */
export async function returnEvent(
  db: Db,
  event: {
    readonly id: number;
    readonly owner: string;
    readonly availableAfterMs: number;
    readonly parked: boolean;
  },
): Promise<void> {
  await db
    .updateTable('outbox')
    .set((eb) => ({
      owner: null,
      lease_expires_ms: null,
      attempts: eb('attempts', '+', 1),
      available_after_ms: event.availableAfterMs,
      parked: event.parked ? 1 : 0,
    }))
    .where('id', '=', event.id)
    .where('owner', '=', event.owner)
    .execute();
}

/** Removes events that are parked and were due before `beforeMs`, at most `limit`; returns how many. */
export async function deleteParked(db: Db, beforeMs: number, limit: number): Promise<number> {
  const rows = await db
    .selectFrom('outbox')
    .select('id')
    .where('parked', '=', 1)
    .where('available_after_ms', '<', beforeMs)
    .orderBy('available_after_ms')
    .limit(limit)
    .execute();
  if (rows.length === 0) return 0;
  await db
    .deleteFrom('outbox')
    .where(
      'id',
      'in',
      rows.map(({ id }) => id),
    )
    .execute();
  return rows.length;
}

/** As countStates of work queues, over the topics below a prefix that ends in a slash; parked events do not count. */
export async function countOutboxStates(
  db: Db,
  prefix: string,
  nowMs: number,
): Promise<{ readonly running: number; readonly available: number; readonly availableNotRunning: number }> {
  const list = async (runs: boolean): Promise<ReadonlySet<string>> => {
    const rows = await db
      .selectFrom('outbox')
      .select('topic')
      .distinct()
      .where('topic', '>=', prefix)
      .where('topic', '<', `${prefix.slice(0, -1)}0`)
      .where('parked', '=', 0)
      .where((eb) =>
        runs
          ? eb('lease_expires_ms', '>', nowMs)
          : eb.and([
              eb('available_after_ms', '<=', nowMs),
              eb.or([eb('lease_expires_ms', 'is', null), eb('lease_expires_ms', '<=', nowMs)]),
            ]),
      )
      .execute();
    return new Set(rows.map(({ topic }) => topic));
  };
  const [running, available] = [await list(true), await list(false)];
  return {
    running: running.size,
    available: available.size,
    availableNotRunning: [...available].filter((topic) => !running.has(topic)).length,
  };
}
