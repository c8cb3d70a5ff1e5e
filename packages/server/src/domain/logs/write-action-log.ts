import { randomUUID } from 'node:crypto';
import type { Db } from '#/db/database.ts';
import type { ActionLogEntry } from './action-log-entry.ts';
import { insertActionLogs } from './queries.ts';

/** Writes the audit row of a change inside the transaction `db` of that change. */
export async function writeActionLog(db: Db, entry: ActionLogEntry): Promise<void> {
  await insertActionLogs(db, [{ ...entry, uuid: randomUUID() }]);
}
