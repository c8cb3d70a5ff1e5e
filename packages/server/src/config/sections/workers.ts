import { key, section } from '#/config/key.ts';
import { boolean, decimal, integer, pattern } from '#/config/value-types.ts';

const queueName = pattern(
  /^[A-Za-z0-9_.-]{1,64}$/,
  'at most 64 letters, digits, dots, dashes and underscores',
);

export const workersSection = section('Workers', {
  stagger: key('STAGGER_WORKERS', boolean, {
    default: true,
    since: '2.9 (not in its guide)',
    summary: 'Workers start at random moments instead of all at once.',
  }),
  queueCleanupFrequencySeconds: key('QUEUE_CLEANUP_FREQUENCY', integer(1), {
    default: 86_400,
    since: '2.9 (not in its guide)',
    summary: 'Seconds between two removals of finished queue items.',
  }),
  queueMetricsSeconds: key('QUEUE_WORKER_METRICS_REFRESH_SECONDS', decimal(1), {
    default: 300,
    since: '2.9 (not in its guide)',
    summary: 'Seconds between two counts of what waits in the queues.',
  }),
  featureActionCounter: key('FEATURE_REPOSITORY_ACTION_COUNTER', boolean, {
    default: true,
    since: '3.x',
    summary: 'Count the actions in each repository every day, for its popularity and its place in searches.',
  }),
  featureClearActionCounts: key('FEATURE_CLEAR_EXPIRED_RAC_ENTRIES', boolean, {
    default: false,
    since: '3.x',
    summary: 'Keep those counts for 30 days instead of 183.',
  }),
  replicationQueueName: key('REPLICATION_QUEUE_NAME', queueName, {
    later: true,
    default: 'imagestoragereplication',
    since: '2.9 (not in its guide)',
    summary: 'Name of the queue of copies between locations.',
  }),
  notificationQueueName: key('NOTIFICATION_QUEUE_NAME', queueName, {
    default: 'notification',
    since: '2.9 (not in its guide)',
    summary: 'Name of the queue of notifications.',
  }),
  buildQueueName: key('DOCKERFILE_BUILD_QUEUE_NAME', queueName, {
    default: 'dockerfilebuild',
    since: '2.9 (not in its guide)',
    summary: 'Name of the queue of builds.',
  }),
  namespaceDeletionQueueName: key('NAMESPACE_GC_QUEUE_NAME', queueName, {
    default: 'namespacegc',
    since: '2.9 (not in its guide)',
    summary: 'Name of the queue of deleted users and organizations.',
  }),
  repositoryDeletionQueueName: key('REPOSITORY_GC_QUEUE_NAME', queueName, {
    default: 'repositorygc',
    since: '3.x',
    summary: 'Name of the queue of deleted repositories.',
  }),
  logExportQueueName: key('EXPORT_ACTION_LOGS_QUEUE_NAME', queueName, {
    default: 'exportactionlogs',
    since: '2.9 (not in its guide)',
    summary: 'Name of the queue of exports of the action log.',
  }),
});
