import type { Services } from '#/domain/services.ts';
import { entriesPerStatement, identifyEntry } from './identify-entry.ts';
import type { PullLog, PullLogOptions } from './pull-log.ts';
import { type IdentifiedEntry, insertActionLogs } from './queries.ts';

interface Waiting {
  readonly entry: IdentifiedEntry;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Strict logging: whoever records waits until the group is committed. */
export function createGroupedPullLog(services: Services, options: PullLogOptions): PullLog {
  const groupMs = options.groupMs ?? 20;
  const running = new Set<Promise<void>>();
  let group: Waiting[] = [];
  let timer: NodeJS.Timeout | undefined;

  const commit = async (waiting: readonly Waiting[]): Promise<void> => {
    const entries = waiting.map(({ entry }) => entry);
    try {
      await services.database.transaction((db) => insertActionLogs(db, entries));
    } catch (error) {
      for (const { reject } of waiting) reject(error);
      return;
    }
    for (const { resolve } of waiting) resolve();
  };
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (group.length === 0) return;
    const commitment = commit(group).finally(() => running.delete(commitment));
    running.add(commitment);
    group = [];
  };

  return {
    record(entry) {
      return new Promise((resolve, reject) => {
        group.push({ entry: identifyEntry(services.clock, entry), resolve, reject });
        if (group.length >= entriesPerStatement) flush();
        else timer ??= setTimeout(flush, groupMs);
      });
    },
    async close() {
      flush();
      await Promise.all(running);
    },
  };
}
