import { anything, boolean, object, text, textList } from '#/config/value-types.ts';
import { type KnownKeyGroup, known, unlisted } from './known-key.ts';

export const operationKeys: KnownKeyGroup = {
  title: 'Health, metrics, queues and telemetry',
  keys: [
    known(
      'PROMETHEUS_AGGREGATOR_URL',
      text,
      undefined,
      unlisted,
      'Collector inside the old container; Wharf serves its metrics itself.',
    ),
    known('PROMETHEUS_PUSHGATEWAY_URL', text, undefined, '3.3', 'Its successor.'),
    known(
      'TRACKED_NAMESPACES',
      anything,
      [],
      '3.x',
      'Namespaces with a metric label of their own; no metric here has a label of namespaces.',
    ),
    known(
      'SECSCAN_NOTIFICATION_QUEUE_NAME',
      text,
      'security_notification',
      unlisted,
      'Name of the queue of scanner notices.',
    ),
    known(
      'CHUNK_CLEANUP_QUEUE_NAME',
      text,
      'chunk_cleanup',
      unlisted,
      'Name of the queue of Swift segments to remove.',
    ),
    known(
      'SECSCAN_V4_NOTIFICATION_QUEUE_NAME',
      text,
      'secscanv4',
      '3.x',
      'Name of the queue of newer scanner notices.',
    ),
    known(
      'PROXY_CACHE_BLOB_QUEUE_NAME',
      text,
      'proxycacheblob',
      '3.x',
      'Name of the queue of blobs to fetch.',
    ),
    known('LOGGING_LEVEL', text, 'DEBUG', unlisted, 'Log level of the maintenance scripts of Quay.'),
    known('EXCEPTION_LOG_TYPE', text, 'FakeSentry', unlisted, 'Where errors are reported.'),
    known('SENTRY_DSN', text, undefined, unlisted, 'Address of that service for the server.'),
    known('SENTRY_PUBLIC_DSN', text, undefined, unlisted, 'Address of that service for the pages.'),
    known('FEATURE_OTEL_TRACING', boolean, false, '3.16', 'Send traces.'),
    known('OTEL_CONFIG', object, undefined, '3.16', 'Where they are sent.'),
    known('OTEL_TRACING_EXCLUDED_URLS', text, undefined, '3.16', 'Requests without traces.'),
    known('PROFILING_TYPE', text, undefined, '3.x', 'Profiler of the Python server.'),
    known('PYROSCOPE_SERVER_ADDRESS', text, undefined, '3.x', 'Server of that profiler.'),
    known('PYROSCOPE_APPLICATION_NAME', text, undefined, '3.x', 'Name shown there.'),
    known('GREENLET_TRACING', boolean, true, '3.x', 'Metrics of the Python server.'),
    known('CDN_SPECIFIC_NAMESPACES', textList, [], '3.x', 'Namespaces whose downloads go through a CDN.'),
    known('FEATURE_MANIFEST_SIZE_BACKFILL', boolean, true, '3.x', 'Measure old manifests.'),
  ],
};
