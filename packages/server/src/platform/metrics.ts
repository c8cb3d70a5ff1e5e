import { type Aggregator, Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** Seconds; Quay's `response_time` buckets. */
const responseBuckets = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
const transferBuckets = [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60, 300, 1800];
const byteBuckets = [2 ** 16, 2 ** 20, 5 * 2 ** 20, 2 ** 24, 2 ** 26, 2 ** 28, 2 ** 30, 2 ** 32];

/** Every instrument of the process. Labels take values from fixed sets only: no name of a repository, user or path. */
export type Metrics = ReturnType<typeof createMetrics>;

/**
 * Quay's names (2.9 and later) beside our own. `prefix` is PROMETHEUS_NAMESPACE; names that later Quay versions
 * fixed keep their `quay_`.
 */
export function createMetrics(prefix = 'quay') {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });

  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[] = []): Counter<L> =>
    new Counter({ name, help, labelNames: [...labelNames], registers });
  // Several processes of a node: what each counts for itself is summed, what all know alike is taken once.
  const gauge = <L extends string>(
    name: string,
    help: string,
    aggregator: Aggregator,
    labelNames: readonly L[] = [],
  ): Gauge<L> => new Gauge({ name, help, labelNames: [...labelNames], registers, aggregator });
  const histogram = <L extends string>(
    name: string,
    help: string,
    labelNames: readonly L[],
    buckets: readonly number[],
  ): Histogram<L> =>
    new Histogram({ name, help, labelNames: [...labelNames], buckets: [...buckets], registers });

  return {
    registry,
    requests: {
      responseTime: histogram(
        `${prefix}_response_time`,
        'Seconds per operation',
        ['endpoint'],
        responseBuckets,
      ),
      responseCode: counter(`${prefix}_response_code`, 'Responses by operation and status', [
        'endpoint',
        'code',
      ]),
      responseNon200: counter(`${prefix}_response_non200`, 'Responses outside 2xx', ['endpoint']),
      response500: counter(`${prefix}_response_500`, 'Responses of 500 and above', ['endpoint']),
      duration: histogram(
        'quay_request_duration_seconds',
        'Seconds per request',
        ['method', 'route', 'status'],
        responseBuckets,
      ),
      inFlight: gauge('http_requests_in_flight', 'Requests that are being answered', 'sum'),
      aborted: counter(
        'http_requests_aborted_total',
        'Requests whose client went away before the answer was complete',
      ),
    },
    registryTraffic: {
      pulls: counter(`${prefix}_repository_pull`, 'Manifest pulls', ['protocol', 'status']),
      pushes: counter(`${prefix}_repository_push`, 'Manifest pushes', ['protocol', 'status']),
      imagePulls: counter('quay_registry_image_pulls_total', 'Manifest pulls', ['protocol', 'ref', 'status']),
      imagePushes: counter('quay_registry_image_pushes_total', 'Manifest pushes', [
        'protocol',
        'status',
        'media_type',
      ]),
      pulledBytes: counter(`${prefix}_estimated_registry_pull_byte_count`, 'Bytes of blobs handed out', [
        'protocol_version',
      ]),
      imagePulledBytes: counter(
        'quay_registry_image_pulled_estimated_bytes_total',
        'Bytes of blobs handed out',
        ['protocol'],
      ),
      pushedBytes: counter(`${prefix}_registry_push_byte_count`, 'Bytes of blobs stored'),
      imagePushedBytes: counter('quay_registry_image_pushed_bytes_total', 'Bytes of blobs stored'),
    },
    uploads: {
      open: gauge('wharf_uploads_receiving', 'Upload requests whose body is being received', 'sum'),
      started: counter('wharf_uploads_started_total', 'Upload sessions opened'),
      ended: counter('wharf_uploads_ended_total', 'Upload sessions ended', ['result']),
      rereadBytes: counter('wharf_upload_reread_bytes_total', 'Stored bytes read again to hash them'),
      chunkSize: histogram(
        `${prefix}_chunk_size`,
        'Bytes per uploaded chunk',
        ['storage_region'],
        byteBuckets,
      ),
      chunkTime: histogram(
        `${prefix}_chunk_upload_time`,
        'Seconds per uploaded chunk',
        ['storage_region'],
        transferBuckets,
      ),
      chunkDuration: histogram(
        'quay_chunk_upload_duration_seconds',
        'Seconds per uploaded chunk',
        ['region'],
        transferBuckets,
      ),
    },
    authentication: {
      count: counter(`${prefix}_authentication_count`, 'Checks of credentials', ['kind', 'status']),
      attempts: counter('quay_authentication_attempts_total', 'Checks of credentials', [
        'auth_kind',
        'success',
      ]),
      bearerTokens: counter('bearer_token_decoded_total', 'Registry tokens presented', ['success']),
    },
    caches: counter('quay_model_cache', 'Look-ups in caches of this process', ['cache', 'type']),
    instanceKeyRenewals: counter('quay_instance_key_renewal_self_total', 'Renewals of the instance key', [
      'success',
    ]),
    workers: {
      runs: counter('wharf_worker_runs_total', 'Runs of background workers', ['worker', 'result']),
      lastSuccess: gauge(
        'wharf_worker_last_success_timestamp_seconds',
        'When a worker last succeeded',
        'max',
        ['worker'],
      ),
      seconds: histogram(
        'quay_worker_operation_duration_seconds',
        'Seconds per run of a worker',
        ['worker'],
        transferBuckets,
      ),
      inProgress: gauge('quay_worker_operation_in_progress', 'Workers that are at work', 'sum', ['worker']),
    },
    collection: {
      iterations: counter('quay_gc_iterations', 'Rounds of garbage collection'),
      repositories: counter('quay_gc_repos_purged', 'Deleted repositories that were purged'),
      namespaces: counter('quay_gc_namespaces_purged', 'Deleted users and organizations that were purged'),
      blobs: counter('quay_gc_storage_blobs_deleted', 'Objects of blobs that were removed from storage'),
      rows: counter('quay_gc_table_rows_deleted', 'Rows that collection removed', ['table']),
    },
    accountMails: counter(
      'wharf_account_mails_total',
      'Attempts to hand mails about accounts to the mail server',
      ['result'],
    ),
    teamSyncs: counter('wharf_team_syncs_total', 'Groups that were read for teams', ['result']),
    teamSyncPeople: counter(
      'wharf_team_sync_people_total',
      'People whom groups brought, took or could not bring',
      ['change'],
    ),
    notifications: counter('wharf_notifications_total', 'Attempts to send notifications of repositories', [
      'method',
      'result',
    ]),
    rows: {
      repositories: gauge(`${prefix}_repository_count`, 'Repositories', 'max'),
      users: gauge(`${prefix}_user_count`, 'Users', 'max'),
      organizations: gauge(`${prefix}_org_count`, 'Organizations', 'max'),
      robots: gauge(`${prefix}_robot_count`, 'Robot accounts', 'max'),
    },
    /** Each queue is counted over its distinct names. */
    queues: {
      running: gauge(`${prefix}_work_queue_running`, 'Names with a running item', 'max', ['queue_name']),
      available: gauge(`${prefix}_work_queue_available`, 'Names with an item that may run', 'max', [
        'queue_name',
      ]),
      availableNotRunning: gauge(
        `${prefix}_work_queue_available_not_running`,
        'Names with an item that may run and none that runs',
        'max',
        ['queue_name'],
      ),
      itemsLocked: gauge('quay_queue_items_locked', 'Names with a running item', 'max', ['queue_name']),
      itemsAvailable: gauge('quay_queue_items_available', 'Names with an item that may run', 'max', [
        'queue_name',
      ]),
      itemsAvailableUnlocked: gauge(
        'quay_queue_items_available_unlocked',
        'Names with an item that may run and none that runs',
        'max',
        ['queue_name'],
      ),
      puts: counter('quay_queue_item_puts_total', 'Items put into queues', ['queue_name']),
      gets: counter('quay_queue_item_gets_total', 'Tries to take an item, by what came of them', [
        'queue_name',
        'availability',
      ]),
      deletes: counter('quay_queue_item_deletes_total', 'Items removed from queues', ['queue_name']),
    },
    logs: {
      archived: counter('wharf_log_entries_archived_total', 'Entries of the action log moved to the store'),
      exports: counter('wharf_log_exports_total', 'Exports of the action log that ended', ['status']),
    },
    databaseUnavailable: counter(
      'wharf_database_unavailable_total',
      'Requests answered 503 because the database could not be used',
    ),
    processes: {
      running: gauge('wharf_processes', 'Processes of this node that serve requests', 'sum'),
      died: counter('wharf_process_deaths_total', 'Processes that died and were replaced'),
    },
    tls: {
      expiry: gauge(
        'wharf_tls_certificate_expiry_timestamp_seconds',
        'When the certificate in use expires',
        'min',
        ['file'],
      ),
      loads: counter('wharf_tls_certificate_loads_total', 'Changed certificates that were found', ['result']),
      handshakeFailures: counter(
        'wharf_tls_handshake_failures_total',
        'Connections that ended before TLS was agreed on',
      ),
    },
    buildInfo: gauge('wharf_build_info', 'Always 1; the labels tell what runs', 'max', ['version']),
    readOnly: gauge('wharf_read_only', '1 while REGISTRY_STATE is readonly', 'max'),
  };
}
