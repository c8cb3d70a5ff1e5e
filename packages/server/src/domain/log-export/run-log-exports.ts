import {
  deleteQueueItem,
  extendQueueItem,
  type QueueItem,
  queueName,
  queueNamesOf,
  returnQueueItem,
  takeQueueItem,
} from '#/domain/background/index.ts';
import { writeChangeLog } from '#/domain/logs/index.ts';
import type { Services } from '#/domain/services.ts';
import { type ExportJob, findExportJob, findPeriod } from './export-job.ts';
import type { ExportResult, ExportStatus } from './export-result.ts';
import { tellMail, tellUrl } from './tell-result.ts';
import { ExportTimedOutError, writeExport } from './write-export.ts';

const processingMs = 5 * 60_000;
/** Telling the result is tried as often as the export itself. */
const mostFailures = 3;

interface Options {
  readonly signal?: AbortSignal | undefined;
  /** Called for each export that ended. */
  readonly onEnd?: (status: ExportStatus) => void;
}

/** Somebody took the item away or the process is to stop: nothing is left to do here. */
class ExportDroppedError extends Error {}

/** Makes the exports that wait, one after another; returns how many ended. Any number of nodes may do so at once. */
export async function runLogExports(services: Services, options: Options = {}): Promise<number> {
  const prefix = queueName(queueNamesOf(services).logExport);
  let ended = 0;
  while (options.signal?.aborted !== true) {
    const item = await takeQueueItem(services, { prefix, processingMs });
    if (item === undefined) return ended;
    try {
      if (await runExport(services, item, options)) ended += 1;
    } catch (error) {
      if (!(error instanceof ExportDroppedError)) throw error;
    }
  }
  return ended;
}

/** Whether the job is over; false when it waits for another try. */
async function runExport(services: Services, item: QueueItem, options: Options): Promise<boolean> {
  const job = findExportJob(item.body);
  if (job === undefined) {
    services.logger.error({ item: item.id }, 'an export of the action log cannot be read and is dropped');
    await services.database.transaction((db) => deleteQueueItem(db, item));
    return true;
  }
  const result = job.result ?? (await findResult(services, item, job, options));
  if (result === undefined) return false;
  const told = await tell(services, item, { ...job, result }, result);
  if (told.retry) return false;
  await end(services, item, job, result, told.error);
  options.onEnd?.(result.status);
  return true;
}

/** How the export ended; undefined when it is tried again later. */
async function findResult(
  services: Services,
  item: QueueItem,
  job: ExportJob,
  { signal }: Options,
): Promise<ExportResult | undefined> {
  if (findPeriod(job) === undefined) return { status: 'invalidrequest', url: null };
  let held = item;
  const onSlice = async (): Promise<void> => {
    if (signal?.aborted === true) throw new ExportDroppedError('stopping');
    if (held.expiresMs - services.clock.nowMs() > processingMs / 2) return;
    const extended = await extendQueueItem(services, held, { processingMs });
    if (extended === undefined) throw new ExportDroppedError('the export was cancelled');
    held = extended;
  };
  try {
    return { status: 'success', url: await writeExport(services, job, onSlice) };
  } catch (error) {
    if (signal?.aborted === true) {
      await returnQueueItem(services, item, { retryAfterMs: 0, restoreRetry: true });
      return undefined;
    }
    if (error instanceof ExportDroppedError) throw error;
    const isLate = error instanceof ExportTimedOutError;
    const context = { err: error, export: job.export_id, retries: item.retriesRemaining };
    services.logger.error(context, 'an export of the action log failed');
    if (isLate) return { status: 'timedout', url: null };
    if (item.retriesRemaining <= 0) return { status: 'failed', url: null };
    await returnQueueItem(services, item);
    return undefined;
  }
}

/** Tells whoever asked, each once. What cannot be told is tried again later, a few times. */
async function tell(
  services: Services,
  item: QueueItem,
  job: ExportJob,
  result: ExportResult,
): Promise<{ readonly retry: boolean; readonly error?: string }> {
  let isUrlTold = job.url_told === true;
  try {
    if (job.callback_url !== null && !isUrlTold) {
      await tellUrl(services, job, job.callback_url, result);
      isUrlTold = true;
    }
    if (job.callback_email !== null) await tellMail(services, job, job.callback_email, result);
    return { retry: false };
  } catch (error) {
    services.logger.warn({ err: error, export: job.export_id }, 'the result of an export cannot be told');
    const failures = (job.failures ?? 0) + 1;
    if (failures >= mostFailures) return { retry: false, error: messageOf(error) };
    const body: ExportJob = { ...job, url_told: isUrlTold, failures };
    const extended = await extendQueueItem(services, item, { processingMs, body });
    if (extended !== undefined) await returnQueueItem(services, extended, { restoreRetry: true });
    return { retry: true };
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown';
}

/** The job goes, and its audit row comes, in one transaction. */
async function end(
  services: Services,
  item: QueueItem,
  job: ExportJob,
  result: ExportResult,
  tellError: string | undefined,
): Promise<void> {
  const error = result.status === 'success' ? tellError : `the export ended as ${result.status}`;
  await services.database.transaction(async (db) => {
    if (!(await deleteQueueItem(db, item))) return;
    await writeChangeLog(services, db, {
      kind: error === undefined ? 'export_logs_success' : 'export_logs_failure',
      accountId: job.namespace_id,
      ...(job.repository_id === null ? {} : { repositoryId: job.repository_id }),
      performer: { accountId: job.performer_id, ip: job.ip, metadata: {} },
      metadata: {
        'date/time': new Date(services.clock.nowMs()).toISOString(),
        ...(error === undefined ? { export_id: job.export_id, message: 'Logs exported' } : { error }),
        url: job.callback_url,
        email: job.callback_email,
        ...(job.repository_name === null ? {} : { repo: job.repository_name }),
      },
    });
  });
}
