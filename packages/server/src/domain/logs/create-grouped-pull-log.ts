import { DatabaseUnavailableError } from '#/db/database.ts';
import type { Services } from '#/domain/services.ts';
import { createSpill } from './create-spill.ts';
import { entriesPerStatement, identifyEntry } from './identify-entry.ts';
import type { PullLog, PullLogOptions } from './pull-log.ts';
import { type IdentifiedEntry, insertActionLogs, replayActionLogs } from './queries.ts';

interface Waiting {
  readonly entry: IdentifiedEntry;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Strict logging: whoever records waits until the group is committed. A group is what arrived while the one before it was
 * being committed, so that a lone pull waits for nothing but its own commit and a crowd shares few. While the database takes
 * no writes at all, pulls go on: their entries wait on disk until it does again.
 */
export function createGroupedPullLog(services: Services, options: PullLogOptions): PullLog {
  const { database, logger } = services;
  const spill = options.spillDirectory === undefined ? undefined : createSpill(options.spillDirectory);
  const running = new Set<Promise<void>>();
  let group: Waiting[] = [];
  let committing = 0;
  let scheduled = false;
  /** Files may wait, of this process or of one before it. */
  let spilled = spill !== undefined;

  const track = (work: Promise<void>): void => {
    const tracked = work.finally(() => running.delete(tracked));
    running.add(tracked);
  };

  const replay = async (): Promise<void> => {
    spilled = false;
    try {
      await spill?.replay((entries) => database.transaction((db) => replayActionLogs(db, entries)));
    } catch (error) {
      spilled = true;
      logger.warn({ err: error }, 'entries of the pull log still wait on disk');
    }
  };

  const store = async (entries: readonly IdentifiedEntry[]): Promise<void> => {
    try {
      await database.transaction((db) => insertActionLogs(db, entries));
    } catch (error) {
      if (!(error instanceof DatabaseUnavailableError && error.readOnly) || spill === undefined) throw error;
      await spill.write(entries);
      spilled = true;
      return;
    }
    if (spilled) track(replay());
  };

  const commit = async (waiting: readonly Waiting[]): Promise<void> => {
    committing += 1;
    try {
      await store(waiting.map(({ entry }) => entry));
    } catch (error) {
      for (const { reject } of waiting) reject(error);
      return;
    } finally {
      committing -= 1;
      if (group.length > 0) schedule();
    }
    for (const { resolve } of waiting) resolve();
  };

  const flush = (): void => {
    scheduled = false;
    if (group.length === 0) return;
    const waiting = group;
    group = [];
    track(commit(waiting));
  };

  /** Requests that arrived in the same turn of the event loop share a group. */
  const schedule = (): void => {
    if (scheduled) return;
    scheduled = true;
    setImmediate(flush);
  };

  return {
    record(entry) {
      return new Promise((resolve, reject) => {
        group.push({ entry: identifyEntry(services.clock, entry), resolve, reject });
        if (group.length >= entriesPerStatement) flush();
        else if (committing === 0) schedule();
      });
    },
    async close() {
      flush();
      while (running.size > 0) await Promise.all(running);
    },
  };
}
