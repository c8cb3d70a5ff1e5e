import { key, section } from '#/config/key.ts';
import { decimal, pattern } from '#/config/value-types.ts';

export const metricsSection = section('Metrics', {
  namespace: key(
    'PROMETHEUS_NAMESPACE',
    pattern(/^[a-zA-Z_:][a-zA-Z0-9_:]*$/, 'a prefix of letters, digits, _ and :'),
    {
      default: 'quay',
      since: '2.9',
      summary: 'Prefix of the names of all metrics.',
    },
  ),
  countsFrequencySeconds: key('GLOBAL_PROMETHEUS_STATS_FREQUENCY', decimal(1), {
    default: 3600,
    since: '2.9 (not in its guide)',
    summary: 'Seconds between two counts of all repositories and accounts.',
  }),
});
