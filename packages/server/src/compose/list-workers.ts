import { openAuthEngine } from '#/auth/engines/open-auth-engine.ts';
import type { InstanceKey } from '#/auth/instance-key.ts';
import type { Configuration } from '#/config/configuration.ts';
import type { Metrics } from '#/platform/metrics.ts';
import {
  blobDeletion,
  blobLinkExpiry,
  blobUploadCleanup,
  expiredAppTokens,
  garbageCollection,
  instanceKeyRefresh,
  logExport,
  logExportCleanup,
  logRotation,
  mailDelivery,
  namespaceDeletion,
  notificationDelivery,
  queueCleanup,
  registrySize,
  repositoryActionCounts,
  repositoryDeletion,
  serviceKeyCleanup,
  signInCleanup,
  teamSync,
  userNotificationCleanup,
  type Worker,
} from '#/workers/index.ts';
import { measureQueues, measureRows } from './measure-database.ts';
import { authEngineSettings, queueNames, serviceKeyRetention } from './settings.ts';

/** The background work of a node, counted. */
export function listWorkers(configuration: Configuration, metrics: Metrics): readonly Worker[] {
  const { access, storage, workers } = configuration;
  const graceSeconds = access.expiredAppSpecificTokenGraceSeconds;
  return [
    blobDeletion({ metrics: metrics.collection }),
    ...listCollectors(configuration, metrics),
    blobUploadCleanup({ periodMs: storage.blobUploadCleanupFrequencySeconds * 1000 }),
    signInCleanup(),
    ...(access.featureAppSpecificTokens && graceSeconds !== undefined
      ? [expiredAppTokens({ graceSeconds })]
      : []),
    ...listLogWorkers(configuration, metrics.logs),
    notificationDelivery({
      onResult: (method, result) => metrics.notifications.inc({ method, result }),
    }),
    ...(access.featureMailing
      ? [mailDelivery({ onResult: (result) => metrics.accountMails.inc({ result }) })]
      : []),
    ...listTeamSyncs(configuration, metrics),
    userNotificationCleanup(),
    registrySize(),
    serviceKeyCleanup({ retention: serviceKeyRetention(configuration) }),
    queueCleanup({ periodMs: workers.queueCleanupFrequencySeconds * 1000 }),
    measureRows(metrics, { everyMs: configuration.metrics.countsFrequencySeconds * 1000 }),
    measureQueues(metrics, {
      names: queueNames(workers),
      periodMs: workers.queueMetricsSeconds * 1000,
    }),
  ].map((worker) => counted(worker, metrics));
}

/** `AUTHENTICATION_TYPE` of directories that tell who is in a group, and the service of their links. */
const groupServices: ReadonlyMap<string, string> = new Map([
  ['LDAP', 'ldap'],
  ['Keystone', 'keystone'],
]);

/** Teams that follow groups; with the feature off they stay as they are. */
function listTeamSyncs(configuration: Configuration, metrics: Metrics): readonly Worker[] {
  const { access, interface: ui, teamSync: sync } = configuration;
  const service = groupServices.get(access.authenticationType);
  if (!ui.featureTeamSyncing || service === undefined) return [];
  const { name, config } = authEngineSettings(configuration);
  return [
    teamSync({
      service,
      periodSeconds: sync.frequencySeconds,
      staleSeconds: sync.staleSeconds,
      openEngine: (services) => openAuthEngine(services, name, config),
      onResult(result) {
        metrics.teamSyncs.inc({ result: result.result });
        if (result.result !== 'synced') return;
        for (const change of ['added', 'removed', 'skipped'] as const) {
          metrics.teamSyncPeople.inc({ change }, result[change]);
        }
      },
    }),
  ];
}

/** What the action log wants done: rotation, exports, and the counts that come from it. */
function listLogWorkers({ logs, workers }: Configuration, metrics: Metrics['logs']): readonly Worker[] {
  return [
    ...(logs.featureRotation
      ? [
          logRotation({
            location: logs.archiveLocation,
            folder: logs.archivePath.replaceAll(/^\/|\/$/g, ''),
            ageSeconds: Math.max(logs.rotationThresholdSeconds, logs.minimumAgeSeconds),
            periodMs: logs.rotationFrequencySeconds * 1000,
            metrics,
          }),
        ]
      : []),
    ...(logs.featureExport ? [logExport({ metrics, periodMs: logs.exportPollSeconds * 1000 })] : []),
    logExportCleanup(),
    ...(workers.featureActionCounter
      ? [repositoryActionCounts({ keepsShort: workers.featureClearActionCounts })]
      : []),
  ];
}

/** What removes by itself what nobody needs any more; with `DISABLE_PUSHES` nothing does. */
function listCollectors({ registry, timeMachine }: Configuration, metrics: Metrics): readonly Worker[] {
  const options = { metrics: metrics.collection };
  if (registry.disablePushes) return [];
  return [
    ...(timeMachine.featureGarbageCollection
      ? [
          blobLinkExpiry(),
          garbageCollection({ ...options, periodMs: timeMachine.garbageCollectionFrequencySeconds * 1000 }),
        ]
      : []),
    ...(timeMachine.featureRepositoryGarbageCollection ? [repositoryDeletion(options)] : []),
    ...(timeMachine.featureNamespaceGarbageCollection ? [namespaceDeletion(options)] : []),
  ];
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
      metrics.workers.inProgress.inc(labels);
      try {
        await worker.run(services, signal);
        metrics.workers.runs.inc({ ...labels, result: 'success' });
        metrics.workers.lastSuccess.set(labels, services.clock.nowMs() / 1000);
      } catch (error) {
        metrics.workers.runs.inc({ ...labels, result: 'failure' });
        throw error;
      } finally {
        metrics.workers.inProgress.dec(labels);
        endTimer();
      }
    },
  };
}
