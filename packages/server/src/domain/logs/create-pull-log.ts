import type { Services } from '#/domain/services.ts';
import { createGroupedPullLog } from './create-grouped-pull-log.ts';
import { createQueuedPullLog } from './create-queued-pull-log.ts';
import type { PullLog, PullLogOptions } from './pull-log.ts';

/** Groups the entries of pulls, at most 500 a transaction, so that a crowd of pulls shares few of them. */
export function createPullLog(services: Services, options: PullLogOptions = {}): PullLog {
  // A registry that is read-only writes nothing at all.
  if (services.settings.readOnly) return { record: async () => {}, close: async () => {} };
  return services.settings.pullsWithoutStrictLogging
    ? createQueuedPullLog(services, options)
    : createGroupedPullLog(services, options);
}
