import { randomUUID } from 'node:crypto';
import type { Db } from '#/db/database.ts';
import type { Services } from '#/domain/services.ts';
import type { ActionLogEntry } from './action-log-entry.ts';
import { isKindRecorded, recordedShape, silentNamespaces } from './is-recorded.ts';
import { insertActionLogs } from './queries.ts';
import { hasName } from './queries-accounts.ts';

/** Writes the audit row of a change inside the transaction `db` of that change, unless the configuration leaves such entries out. */
export async function writeActionLog(
  { settings }: Pick<Services, 'settings'>,
  db: Db,
  entry: ActionLogEntry,
): Promise<void> {
  const { actionLog } = settings;
  if (!isKindRecorded(entry.kind, actionLog)) return;
  const silent = silentNamespaces(entry.kind, actionLog);
  if (silent.length > 0 && entry.accountId !== null && (await hasName(db, entry.accountId, silent))) return;
  await insertActionLogs(db, [{ ...recordedShape(entry, actionLog), uuid: randomUUID() }]);
}
