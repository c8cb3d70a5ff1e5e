import type { Services } from '#/domain/services.ts';
import { createGroupedPullLog } from './create-grouped-pull-log.ts';
import { createQueuedPullLog } from './create-queued-pull-log.ts';
import { isKindRecorded, recordedShape, silentNamespaces } from './is-recorded.ts';
import type { PullLog, PullLogOptions } from './pull-log.ts';

/**
 * Groups the entries of pulls and of log-ins, at most 500 a transaction, so that a crowd of them shares few. What the configuration leaves out is
 * not recorded; entries name their namespace in their metadata.
 */
export function createPullLog(services: Services, options: PullLogOptions = {}): PullLog {
  const { settings } = services;
  // A registry that is read-only writes nothing at all.
  if (settings.readOnly) return { record: async () => {}, close: async () => {} };
  const log = settings.pullsWithoutStrictLogging
    ? createQueuedPullLog(services, options)
    : createGroupedPullLog(services, options);
  return {
    async record(entry) {
      if (!isKindRecorded(entry.kind, settings.actionLog)) return;
      const { namespace } = entry.metadata;
      const silent = silentNamespaces(entry.kind, settings.actionLog);
      if (typeof namespace === 'string' && silent.includes(namespace)) return;
      await log.record(recordedShape(entry, settings.actionLog));
    },
    close: () => log.close(),
  };
}
