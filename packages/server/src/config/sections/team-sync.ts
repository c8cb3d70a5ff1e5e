import { key, section } from '#/config/key.ts';
import { duration, integer } from '#/config/value-types.ts';

export const teamSyncSection = section('Team synchronisation', {
  staleSeconds: key('TEAM_RESYNC_STALE_TIME', duration, {
    default: '30m',
    since: '2.9',
    summary: 'Age after which the group of a synchronised team is read again.',
  }),
  frequencySeconds: key('TEAM_SYNC_WORKER_FREQUENCY', integer(1), {
    default: 60,
    since: '2.9 (not in its guide)',
    summary: 'Seconds between two rounds.',
  }),
});
