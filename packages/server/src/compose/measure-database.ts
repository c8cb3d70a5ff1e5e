import { countOutboxStates, countQueueStates, queueName, withLease } from '#/domain/background/index.ts';
import { countAccounts } from '#/domain/namespaces/index.ts';
import { countRepositories } from '#/domain/repositories/index.ts';
import type { QueueNames } from '#/domain/services.ts';
import type { Metrics } from '#/platform/metrics.ts';
import type { Worker } from '#/workers/index.ts';

const minuteMs = 60_000;

/** Counts repositories and accounts every `everyMs` and after the start; a lease keeps several nodes from counting at the same time. */
export function measureRows({ rows }: Metrics, { everyMs }: { readonly everyMs: number }): Worker {
  let measuredAtMs = Number.NEGATIVE_INFINITY;
  return {
    name: 'row-counts',
    periodMs: Math.min(minuteMs, everyMs),
    async run(services) {
      if (performance.now() - measuredAtMs < everyMs) return;
      await withLease(services, 'row-counts', minuteMs, async () => {
        const db = services.database.read;
        rows.repositories.set(await countRepositories(db));
        const accounts = await countAccounts(db);
        rows.users.set(accounts.user);
        rows.organizations.set(accounts.organization);
        rows.robots.set(accounts.robot);
        measuredAtMs = performance.now();
      });
    },
  };
}

/** Shows how full the work queues are, also those in which nothing ever was; notifications wait in the outbox. */
export function measureQueues(
  { queues }: Metrics,
  options: { readonly names: QueueNames; readonly periodMs: number },
): Worker {
  return {
    name: 'queue-depth',
    periodMs: options.periodMs,
    async run(services) {
      for (const name of Object.values<string>({ ...options.names })) {
        const count = name === options.names.notifications ? countOutboxStates : countQueueStates;
        const states = await count(services.database.read, queueName(name), services.clock.nowMs());
        const label = { queue_name: name };
        // Under the older and the newer of Quay's names.
        for (const gauge of [queues.running, queues.itemsLocked]) gauge.set(label, states.running);
        for (const gauge of [queues.available, queues.itemsAvailable]) gauge.set(label, states.available);
        for (const gauge of [queues.availableNotRunning, queues.itemsAvailableUnlocked]) {
          gauge.set(label, states.availableNotRunning);
        }
      }
    },
  };
}
