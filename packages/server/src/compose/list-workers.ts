import type { InstanceKey } from '#/auth/instance-key.ts';
import type { Configuration } from '#/config/configuration.ts';
import type { Metrics } from '#/platform/metrics.ts';
import {
  blobDeletion,
  blobLinkExpiry,
  blobUploadCleanup,
  instanceKeyRefresh,
  queueCleanup,
  type Worker,
} from '#/workers/index.ts';
import { measureQueues, measureRows } from './measure-database.ts';

/** The other queues of the registry, whose depth is shown also while nothing is in them. */
const queueNames = ['notification', 'repositorygc', 'namespacegc', 'exportactionlogs', 'dockerfilebuild'];

/** The background work of a node, counted. */
export function listWorkers({ storage, workers }: Configuration, metrics: Metrics): readonly Worker[] {
  return [
    blobDeletion(),
    blobLinkExpiry(),
    blobUploadCleanup({ periodMs: storage.blobUploadCleanupFrequencySeconds * 1000 }),
    queueCleanup({ periodMs: workers.queueCleanupFrequencySeconds * 1000 }),
    measureRows(metrics),
    measureQueues(metrics, [workers.replicationQueueName, ...queueNames]),
  ].map((worker) => counted(worker, metrics));
}

/** Runs in every process that signs tokens, whatever its roles. */
export function keyRefresh({ secrets }: Configuration, metrics: Metrics, instanceKey: InstanceKey): Worker {
  const refresh = async (): Promise<void> => {
    try {
      await instanceKey.refresh();
      metrics.instanceKeyRenewals.inc({ success: 'true' });
    } catch (error) {
      metrics.instanceKeyRenewals.inc({ success: 'false' });
      throw error;
    }
  };
  const periodMs = secrets.instanceServiceKeyRefreshMinutes * 60_000;
  return counted(instanceKeyRefresh({ refresh, periodMs }), metrics);
}

function counted(worker: Worker, metrics: Metrics): Worker {
  const labels = { worker: worker.name };
  return {
    ...worker,
    async run(services, signal) {
      const endTimer = metrics.workers.seconds.startTimer(labels);
      try {
        await worker.run(services, signal);
        metrics.workers.runs.inc({ ...labels, result: 'success' });
        metrics.workers.lastSuccess.set(labels, services.clock.nowMs() / 1000);
      } catch (error) {
        metrics.workers.runs.inc({ ...labels, result: 'failure' });
        throw error;
      } finally {
        endTimer();
      }
    },
  };
}
