import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Services } from '#/domain/services.ts';
import { actionLogArchivePath } from '#/storage/paths.ts';
import type { StorageLocation } from '#/storage/storage.ts';
import { parseMetadata } from './list-action-logs.ts';
import { logKindNumber } from './log-kind.ts';
import {
  type ArchiveBatch,
  deleteArchiveBatch,
  deleteEntries,
  findArchiveBatch,
  insertArchiveBatch,
} from './queries-archive.ts';
import { type LogPosition, listOldestEntries, type StoredEntry } from './queries-read.ts';

const batchSize = 5000;
const readSize = 1000;
const deleteSize = 500;
/** Quay's level: archives are many and rarely read. */
const compressionLevel = 1;

const compress = promisify(gzip);

/**
 * Moves the entries from before `olderThanMs` to the store, 5000 to an object, in Quay's format; returns how many. An entry is deleted only after
 * its object is durable, and a batch that a crash cut short is done again under the same name, so that nothing is lost or stored twice.
 * One at a time over all nodes: `isHeld` says whether that is still so.
 */
export async function archiveActionLogs(
  services: Services,
  input: {
    readonly location: StorageLocation;
    /** Without slashes at its ends. */
    readonly folder: string;
    readonly olderThanMs: number;
    isHeld(): boolean;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<number> {
  let moved = 0;
  while (input.isHeld() && input.signal?.aborted !== true) {
    const batch = await beginBatch(services, input.olderThanMs);
    if (batch === undefined) return moved;
    const entries = await readBatch(services, batch);
    if (entries.length > 0) {
      const bytes = await compress(JSON.stringify(entries.map(archivedShape)), { level: compressionLevel });
      if (!input.isHeld()) return moved;
      await input.location.driver.put(actionLogArchivePath(input.folder, batch), bytes);
    }
    if (!(await endBatch(services, batch, entries))) return moved;
    moved += entries.length;
  }
  return moved;
}

/** The batch that was not finished, else the next one, noted down before anything of it reaches the store. */
async function beginBatch(services: Services, olderThanMs: number): Promise<ArchiveBatch | undefined> {
  const { database } = services;
  const begun = await findArchiveBatch(database.read);
  if (begun !== undefined) return begun;
  const entries = await readOldest(services, olderThanMs, batchSize);
  const [first, last] = [entries.at(0), entries.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const batch = { firstId: first.id, lastId: last.id, lastCreatedMs: last.createdMs };
  await database.transaction((db) => insertArchiveBatch(db, batch));
  return batch;
}

/** Whatever the table holds up to the end of the batch: entries that came late belong to it too, in the same object. */
async function readBatch(services: Services, batch: ArchiveBatch): Promise<StoredEntry[]> {
  const entries = await readOldest(services, batch.lastCreatedMs + 1, Number.POSITIVE_INFINITY);
  return entries.filter(({ createdMs, id }) => createdMs < batch.lastCreatedMs || id <= batch.lastId);
}

/** The oldest entries from before an instant, at most `limit`. */
async function readOldest(services: Services, untilMs: number, limit: number): Promise<StoredEntry[]> {
  const filter = { scope: { kind: 'registry' }, fromMs: 0, untilMs } as const;
  const entries: StoredEntry[] = [];
  let after: LogPosition | undefined;
  while (entries.length < limit) {
    const page = { after, limit: Math.min(readSize, limit - entries.length) };
    const found = await listOldestEntries(services.database.read, filter, page);
    entries.push(...found);
    if (found.length < page.limit) break;
    const last = found.at(-1);
    after = last && { createdMs: last.createdMs, id: last.id };
  }
  return entries;
}

/** Deletes exactly what was stored, together with the note of the batch; false when somebody else did. */
async function endBatch(
  { database }: Services,
  batch: ArchiveBatch,
  entries: readonly StoredEntry[],
): Promise<boolean> {
  return await database.transaction(async (db) => {
    if (!(await deleteArchiveBatch(db, batch))) return false;
    for (let start = 0; start < entries.length; start += deleteSize) {
      await deleteEntries(
        db,
        entries.slice(start, start + deleteSize).map(({ id }) => id),
      );
    }
    return true;
  });
}

/** One entry as archives hold it (storage reference 4.4). */
function archivedShape(entry: StoredEntry) {
  return {
    kind_id: logKindNumber(entry.kind),
    account_id: entry.accountId,
    performer_id: entry.performerId,
    repository_id: entry.repositoryId,
    datetime: new Date(entry.createdMs).toISOString().slice(0, 23).replace('T', ' '),
    ip: entry.ip,
    metadata_json: parseMetadata(entry.metadataJson),
    ...parseMetadata(entry.requestJson ?? '{}'),
  };
}
