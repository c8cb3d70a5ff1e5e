import { key, section } from '#/config/key.ts';
import { pattern } from '#/config/value-types.ts';

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
});
