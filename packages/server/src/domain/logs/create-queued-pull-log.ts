import { UniqueViolationError } from '#/db/database.ts';
import type { Services } from '#/domain/services.ts';
import { createSpill } from './create-spill.ts';
import { entriesPerStatement, identifyEntry } from './identify-entry.ts';
import type { PullLog, PullLogOptions } from './pull-log.ts';
import { type IdentifiedEntry, insertActionLogs, replayActionLogs } from './queries.ts';

const firstRetryMs = 1000;
const longestRetryMs = 30_000;

/** Logging that no pull waits for: entries queue in memory, on disk when that is full, and are stored as soon as the database answers. */
export function createQueuedPullLog(services: Services, options: PullLogOptions): PullLog {
  const { database, logger } = services;
  const groupMs = options.groupMs ?? 20;
  const queueLimit = options.queueLimit ?? 10_000;
  const spill = options.spillDirectory === undefined ? undefined : createSpill(options.spillDirectory);
  let queue: IdentifiedEntry[] = [];
  /** Files may wait, of this process or of one before it. */
  let spilled = spill !== undefined;
  let retryMs = 0;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  let working: Promise<void> | undefined;
  let shedding: Promise<void> | undefined;
  let dropped = 0;

  const replay = (entries: readonly IdentifiedEntry[]): Promise<void> =>
    database.transaction((db) => replayActionLogs(db, entries));

  const store = async (entries: readonly IdentifiedEntry[]): Promise<void> => {
    try {
      await database.transaction((db) => insertActionLogs(db, entries));
    } catch (error) {
      // An earlier commit was done and only its answer lost.
      if (!(error instanceof UniqueViolationError)) throw error;
      await replay(entries);
    }
  };

  const drain = async (): Promise<void> => {
    while (queue.length > 0) {
      const group = queue.slice(0, entriesPerStatement);
      await store(group);
      // Shedding may have taken the queue meanwhile: remove what was stored, not what comes first.
      const stored = new Set(group);
      queue = queue.filter((entry) => !stored.has(entry));
    }
    if (spill === undefined || !spilled) return;
    spilled = false;
    try {
      await spill.replay(replay);
    } catch (error) {
      spilled = true;
      throw error;
    }
  };

  const shed = async (): Promise<void> => {
    const entries = queue;
    queue = [];
    if (entries.length === 0) return;
    if (dropped > 0) logger.error({ entries: dropped }, 'entries of the pull log are lost');
    dropped = 0;
    try {
      if (spill === undefined) throw new Error('there is no directory to spill to');
      await spill.write(entries);
      spilled = true;
    } catch (error) {
      logger.error({ err: error, entries: entries.length }, 'entries of the pull log are lost');
    }
  };

  const work = async (): Promise<void> => {
    try {
      await drain();
      retryMs = 0;
    } catch (error) {
      retryMs = Math.min(longestRetryMs, Math.max(firstRetryMs, retryMs * 2));
      logger.warn({ err: error, waiting: queue.length, retryMs }, 'the pull log waits for the database');
    }
    working = undefined;
    if (!closed && (queue.length > 0 || spilled)) schedule(Math.max(groupMs, retryMs));
  };
  const schedule = (delayMs: number): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      working ??= work();
    }, delayMs).unref();
  };

  if (spilled) schedule(groupMs);
  return {
    async record(entry) {
      // Only while the disk is slower than the pulls.
      if (queue.length >= 2 * queueLimit) {
        dropped += 1;
        return;
      }
      queue.push(identifyEntry(services.clock, entry));
      if (queue.length >= queueLimit) {
        shedding ??= shed().finally(() => {
          shedding = undefined;
        });
      }
      if (working === undefined) schedule(Math.max(groupMs, retryMs));
    },
    async close() {
      closed = true;
      clearTimeout(timer);
      await working;
      await shedding;
      await work();
      await shed();
    },
  };
}
