import { key, section } from '#/config/key.ts';
import { boolean, integer, nonEmptyText } from '#/config/value-types.ts';

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
  replicationQueueName: key('REPLICATION_QUEUE_NAME', nonEmptyText, {
    later: true,
    default: 'imagestoragereplication',
    since: '2.9 (not in its guide)',
    summary: 'Name of the queue of copies between locations.',
  }),
});
