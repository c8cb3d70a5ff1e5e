import type { Services } from '#/domain/services.ts';
import { createGroupedPullLog } from './create-grouped-pull-log.ts';
import { createQueuedPullLog } from './create-queued-pull-log.ts';
import type { PullLog, PullLogOptions } from './pull-log.ts';

/** Groups the entries of pulls into one transaction every 20 ms or 500 entries, so that no pull costs a transaction of its own. */
export function createPullLog(services: Services, options: PullLogOptions = {}): PullLog {
  // A registry that is read-only writes nothing at all.
  if (services.settings.readOnly) return { record: async () => {}, close: async () => {} };
  return services.settings.pullsWithoutStrictLogging
    ? createQueuedPullLog(services, options)
    : createGroupedPullLog(services, options);
}
