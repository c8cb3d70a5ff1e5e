import type { Db } from '#/db/database.ts';
import { insertIgnore } from '#/db/insert-ignore.ts';
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
  };
}

/** Inserts new entries with one statement; at most 500 fit the parameter limits of all databases. */
export async function insertActionLogs(db: Db, entries: readonly IdentifiedEntry[]): Promise<void> {
  await db.insertInto('action_logs').values(entries.map(toRow)).execute();
}

/** Inserts entries of which some may be stored already. */
export async function replayActionLogs(db: Db, entries: readonly IdentifiedEntry[]): Promise<void> {
  for (const entry of entries) await insertIgnore(db, 'action_logs', toRow(entry));
}
