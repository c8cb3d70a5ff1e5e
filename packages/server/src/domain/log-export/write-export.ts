import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { putQueueItem, queueName } from '#/domain/background/index.ts';
import {
  type ListedEntry,
  type LogPosition,
  type LogSelection,
  listOldestLogs,
} from '#/domain/logs/index.ts';
import type { Services } from '#/domain/services.ts';
import type { StorageDriver } from '#/storage/driver.ts';
import { exportedLogsPath } from '#/storage/paths.ts';
import { type ExportJob, findPeriod } from './export-job.ts';
import { exportSettings } from './export-settings.ts';
import { withTimeLimit } from './with-time-limit.ts';

/** Entries that are in memory at a time. */
const sliceSize = 1000;
const removalAttempts = 50;
/** What object stores allow. */
const longestSignatureSeconds = 7 * 24 * 3600;

/** Name of the queue of exports that are removed when their link has run out; the item of a file says that it can be fetched. */
export const removalQueue = 'exportedlogs';

/** The export took longer than `EXPORT_ACTION_LOGS_MAXIMUM_SECONDS`, or one of its queries too long. */
export class ExportTimedOutError extends Error {}

/**
 * Streams the entries of a job into the store, a slice at a time, as one JSON object (storage reference 4.5); returns where it can be fetched.
 * `onSlice` runs before each slice and may end the export by throwing.
 */
export async function writeExport(
  services: Services,
  job: ExportJob,
  onSlice: () => Promise<void>,
): Promise<string> {
  const { storage, clock } = services;
  const settings = exportSettings(services);
  const { name: location, driver } = storage.preferred;
  const fileId = `${job.export_id}-${randomBytes(16).toString('hex')}`;
  const path = exportedLogsPath(settings.folder, fileId);
  const keptMs = (settings.maximumSeconds + settings.linkSeconds) * 1000;
  // Before the first byte, so that whatever happens nothing stays for ever.
  await services.database.transaction((db) =>
    putQueueItem(db, {
      name: queueName(removalQueue, fileId),
      body: { location, path },
      nowMs: clock.nowMs(),
      delayMs: keptMs,
      retries: removalAttempts,
    }),
  );
  await store(driver, path, content(services, job, onSlice));
  const expiresInSeconds = Math.min(Math.ceil(settings.linkSeconds), longestSignatureSeconds);
  const signed = await driver.signedUrl(path, { expiresInSeconds, method: 'GET' });
  return signed ?? `${job.base_url}/exportedlogs/${fileId}`;
}

/** Stores wrap what fails while they write; the failure of the source itself is thrown as it is. */
async function store(driver: StorageDriver, path: string, source: AsyncIterable<Buffer>): Promise<void> {
  let failure: { readonly error: unknown } | undefined;
  async function* watched(): AsyncGenerator<Buffer> {
    try {
      yield* source;
    } catch (error) {
      failure = { error };
      throw error;
    }
  }
  try {
    await driver.put(path, Readable.from(watched(), { objectMode: false }));
  } catch (error) {
    throw failure === undefined ? error : failure.error;
  }
}

async function* content(
  services: Services,
  job: ExportJob,
  onSlice: () => Promise<void>,
): AsyncGenerator<Buffer> {
  const { maximumSeconds, maximumQuerySeconds } = exportSettings(services);
  const { clock } = services;
  const deadlineMs = clock.nowMs() + maximumSeconds * 1000;
  const selection = selectionOf(job);
  yield Buffer.from(head(job));
  let after: LogPosition | undefined;
  do {
    if (clock.nowMs() > deadlineMs) throw new ExportTimedOutError('the export took too long');
    await onSlice();
    const slice = await withTimeLimit(
      listOldestLogs(services, { ...selection, after, limit: sliceSize }),
      maximumQuerySeconds * 1000,
      () => new ExportTimedOutError('a query of the export took too long'),
    );
    yield Buffer.from(slice.entries.map((entry) => `${JSON.stringify(entryShape(entry))},\n`).join(''));
    after = slice.last;
  } while (after !== undefined);
  yield Buffer.from('{"terminator":true}]}\n');
}

function selectionOf(job: ExportJob): LogSelection {
  const period = findPeriod(job);
  if (period === undefined) throw new Error('an export without a period was started');
  const { repository_id: repositoryId, namespace_id: accountId } = job;
  return repositoryId === null
    ? { ...period, scope: { kind: 'namespace', accountId } }
    : { ...period, scope: { kind: 'repository', repositoryId } };
}

/** The object up to its entries. */
function head(job: ExportJob): string {
  const details = {
    start_time: job.start_time,
    end_time: job.end_time,
    namespace: job.namespace_name,
    repository: job.repository_name,
  };
  return `{"export_id":${JSON.stringify(job.export_id)},"details":${JSON.stringify(details)},"logs":[\n`;
}

function entryShape({ kind, performer, ip, metadata, request, createdMs }: ListedEntry) {
  return {
    kind,
    ...(performer === undefined
      ? {}
      : { performer: { kind: 'user', name: performer.name, is_robot: performer.kind === 'robot' } }),
    ip,
    metadata,
    ...request,
    datetime: new Date(createdMs).toUTCString().replace('GMT', '-0000'),
  };
}
