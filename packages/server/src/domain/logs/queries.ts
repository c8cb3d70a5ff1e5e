import type { Compilable } from 'kysely';
import type { Db } from '#/db/database.ts';
import { insertIgnore } from '#/db/insert-ignore.ts';
import { prepareQuery } from '#/db/prepare-query.ts';
import type { NewRow } from '#/db/schema.ts';
import type { ActionLogEntry } from './action-log-entry.ts';

export interface IdentifiedEntry extends ActionLogEntry {
  /** Makes a replay of the entry idempotent. */
  readonly uuid: string;
}

function toRow(entry: IdentifiedEntry): NewRow<'action_logs'> {
  return {
    uuid: entry.uuid,
    kind: entry.kind,
    account_id: entry.accountId,
    performer_id: entry.performerId,
    repository_id: entry.repositoryId,
    created_ms: entry.createdMs,
    ip: entry.ip,
    metadata_json: JSON.stringify(entry.metadata),
    request_json: entry.request === undefined ? null : JSON.stringify(entry.request),
  };
}

/** Rows per statement: a few sizes, so that each statement is built once and any number of entries takes few of them. */
const statementSizes = [100, 20, 5, 1] as const;

const columns = [
  'uuid',
  'kind',
  'account_id',
  'performer_id',
  'repository_id',
  'created_ms',
  'ip',
  'metadata_json',
  'request_json',
] as const satisfies readonly (keyof NewRow<'action_logs'>)[];

/** `values` holds the columns of all rows, one row after the other. */
const insertRows = prepareQueries(statementSizes, (db, values: readonly unknown[]) => {
  const rows: NewRow<'action_logs'>[] = [];
  for (let start = 0; start < values.length; start += columns.length) {
    const entries = columns.map((column, index) => [column, values[start + index]]);
    rows.push(Object.fromEntries(entries));
  }
  return db.insertInto('action_logs').values(rows);
});

/** Inserts new entries. */
export async function insertActionLogs(db: Db, entries: readonly IdentifiedEntry[]): Promise<void> {
  let start = 0;
  for (const [size, insert] of insertRows) {
    for (; entries.length - start >= size; start += size) {
      const rows = entries.slice(start, start + size).map(toRow);
      await insert(db, ...rows.flatMap((row) => columns.map((column) => row[column])));
    }
  }
}

/** One prepared statement a size, largest first. */
function prepareQueries(
  sizes: readonly number[],
  build: (db: Db, values: readonly unknown[]) => Compilable<unknown>,
) {
  return sizes.map(
    (size) => [size, prepareQuery((db, ...values: readonly unknown[]) => build(db, values))] as const,
  );
}

/** Inserts entries of which some may be stored already. */
export async function replayActionLogs(db: Db, entries: readonly IdentifiedEntry[]): Promise<void> {
  for (const entry of entries) await insertIgnore(db, 'action_logs', toRow(entry));
}
