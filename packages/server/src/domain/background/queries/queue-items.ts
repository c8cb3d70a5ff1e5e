import { randomUUID } from 'node:crypto';
import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely';
import { afterCommit } from '#/db/after-commit.ts';
import type { Db } from '#/db/database.ts';
import { insertRow } from '#/db/insert-row.ts';
import type { Schema } from '#/db/schema.ts';
import { notifyObservers } from '#/domain/background/observe-queues.ts';

/** An item of a work queue that this process holds until `expiresMs`. */
export interface QueueItem {
  readonly id: number;
  readonly queueName: string;
  readonly body: string;
  readonly retriesRemaining: number;
  readonly expiresMs: number;
}

interface Candidate {
  readonly id: number;
  readonly stateId: string;
  readonly queueName: string;
  readonly body: string;
  readonly retriesRemaining: number;
}

type ItemExpression = (eb: ExpressionBuilder<Schema, 'queue_items'>) => Expression<SqlBool>;

/**
 * Items whose name starts with the prefix, which ends in a slash: compared as a range of bytes, so that no character of a name acts
 * as a pattern and the index serves.
 */
function hasPrefix(prefix: string): ItemExpression {
  const after = `${prefix.slice(0, -1)}0`;
  return (eb) => eb.and([eb('queue_name', '>=', prefix), eb('queue_name', '<', after)]);
}

function isAvailable(nowMs: number): ItemExpression {
  return (eb) =>
    eb.and([
      eb('available_after_ms', '<=', nowMs),
      eb('retries_remaining', '>', 0),
      eb.or([eb('available', '=', 1), eb('processing_expires_ms', '<=', nowMs)]),
    ]);
}

function isRunning(nowMs: number): ItemExpression {
  return (eb) => eb.and([eb('available', '=', 0), eb('processing_expires_ms', '>', nowMs)]);
}

export async function insertQueueItem(
  db: Db,
  item: {
    readonly queueName: string;
    readonly body: string;
    readonly availableAfterMs: number;
    readonly retries: number;
    readonly nowMs: number;
  },
): Promise<number> {
  return await insertRow(db, 'queue_items', {
    queue_name: item.queueName,
    body: item.body,
    available_after_ms: item.availableAfterMs,
    available: 1,
    processing_expires_ms: null,
    retries_remaining: item.retries,
    state_id: randomUUID(),
    created_ms: item.nowMs,
  });
}

const selectCandidates = (db: Db) =>
  db
    .selectFrom('queue_items')
    .select([
      'id',
      'state_id as stateId',
      'queue_name as queueName',
      'body',
      'retries_remaining as retriesRemaining',
    ]);

/** Available items below a prefix, oldest first. */
export async function listAvailable(
  db: Db,
  options: { readonly prefix: string; readonly nowMs: number; readonly limit: number },
): Promise<Candidate[]> {
  return await selectCandidates(db)
    .where(hasPrefix(options.prefix))
    .where(isAvailable(options.nowMs))
    .orderBy('id')
    .limit(options.limit)
    .execute();
}

/** The oldest available item whose exact name has nothing running: items of one name run one after another. */
export async function findNextInOrder(
  db: Db,
  options: { readonly prefix: string; readonly nowMs: number },
): Promise<Candidate | undefined> {
  return await selectCandidates(db)
    .where(hasPrefix(options.prefix))
    .where(isAvailable(options.nowMs))
    .where('queue_name', 'not in', (eb) =>
      eb
        .selectFrom('queue_items')
        .select('queue_name')
        .where(hasPrefix(options.prefix))
        .where(isRunning(options.nowMs)),
    )
    .orderBy('id')
    .limit(1)
    .executeTakeFirst();
}

/** Takes an item in exactly the state that was read; false when somebody else changed it first. */
export async function claimItem(
  db: Db,
  claim: { readonly id: number; readonly stateId: string; readonly expiresMs: number },
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('queue_items')
    .set((eb) => ({
      available: 0,
      processing_expires_ms: claim.expiresMs,
      retries_remaining: eb('retries_remaining', '-', 1),
      state_id: randomUUID(),
    }))
    .where('id', '=', claim.id)
    .where('state_id', '=', claim.stateId)
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

/** Removes an item; false when it was gone already. */
export async function deleteQueueItem(
  db: Db,
  { id, queueName }: Pick<QueueItem, 'id' | 'queueName'>,
): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('queue_items')
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  if (numDeletedRows === 0n) return false;
  afterCommit(db, () => notifyObservers('delete', queueName));
  return true;
}

/** Hands an item back for a later try. */
export async function returnItem(
  db: Db,
  item: { readonly id: number; readonly availableAfterMs: number; readonly restoreRetry: boolean },
): Promise<void> {
  await db
    .updateTable('queue_items')
    .set((eb) => ({
      available: 1,
      available_after_ms: item.availableAfterMs,
      processing_expires_ms: null,
      retries_remaining: item.restoreRetry ? eb('retries_remaining', '+', 1) : eb.ref('retries_remaining'),
      state_id: randomUUID(),
    }))
    .where('id', '=', item.id)
    .execute();
}

/** Prolongs the processing of an item; false when it is gone. */
export async function extendItem(
  db: Db,
  item: { readonly id: number; readonly expiresMs: number; readonly body: string },
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('queue_items')
    .set({ processing_expires_ms: item.expiresMs, body: item.body, state_id: randomUUID() })
    .where('id', '=', item.id)
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

export async function findRetries(db: Db, id: number): Promise<number | undefined> {
  const row = await db
    .selectFrom('queue_items')
    .select('retries_remaining')
    .where('id', '=', id)
    .executeTakeFirst();
  return row?.retries_remaining;
}

/** Whether an item of exactly that name waits or runs. */
export async function isAlive(db: Db, queueName: string, nowMs: number): Promise<boolean> {
  const row = await db
    .selectFrom('queue_items')
    .select('id')
    .where('queue_name', '=', queueName)
    .where((eb) => eb.or([isAvailable(nowMs)(eb), isRunning(nowMs)(eb)]))
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** How many items below a prefix have retries left. */
export async function countAlive(db: Db, prefix: string): Promise<number> {
  const { count } = await db
    .selectFrom('queue_items')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where(hasPrefix(prefix))
    .where('retries_remaining', '>', 0)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** How many distinct names below a prefix have something running, and something available. */
export async function countStates(
  db: Db,
  prefix: string,
  nowMs: number,
): Promise<{ readonly running: number; readonly available: number; readonly availableNotRunning: number }> {
  const count = async (state: ItemExpression): Promise<number> => {
    const row = await db
      .selectFrom('queue_items')
      .select(sql<number>`count(distinct queue_name)`.as('count'))
      .where(hasPrefix(prefix))
      .where(state)
      .executeTakeFirstOrThrow();
    return Number(row.count);
  };
  const running = await count(isRunning(nowMs));
  const available = await count(isAvailable(nowMs));
  const availableNotRunning = await count((eb) =>
    eb.and([
      isAvailable(nowMs)(eb),
      eb(
        'queue_name',
        'not in',
        eb.selectFrom('queue_items').select('queue_name').where(hasPrefix(prefix)).where(isRunning(nowMs)),
      ),
    ]),
  );
  return { running, available, availableNotRunning };
}

/** Removes all items below a prefix; returns how many. */
export async function deleteBelow(db: Db, prefix: string): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('queue_items')
    .where(hasPrefix(prefix))
    .executeTakeFirstOrThrow();
  const deleted = Number(numDeletedRows);
  afterCommit(db, () => notifyObservers('delete', prefix, deleted));
  return deleted;
}

/** Removes items whose processing ran out before `beforeMs` and that have no retries left, at most `limit`; returns how many. */
export async function deleteDead(db: Db, beforeMs: number, limit: number): Promise<number> {
  const rows = await db
    .selectFrom('queue_items')
    .select(['id', 'queue_name as queueName'])
    .where('retries_remaining', '<=', 0)
    .where((eb) =>
      eb.or([
        eb('processing_expires_ms', '<=', beforeMs),
        eb.and([eb('available', '=', 1), eb('available_after_ms', '<=', beforeMs)]),
      ]),
    )
    .orderBy('id')
    .limit(limit)
    .execute();
  let deleted = 0;
  for (const item of rows) if (await deleteQueueItem(db, item)) deleted += 1;
  return deleted;
}
