import { folder } from '#/config/folder.ts';
import { key, section } from '#/config/key.ts';
import { boolean, decimal, duration, integer, nonEmptyText, textList } from '#/config/value-types.ts';

export const logsSection = section('Action logs', {
  featureRotation: key('FEATURE_ACTION_LOG_ROTATION', boolean, {
    default: false,
    since: '2.9',
    summary: 'Move old entries of the action log to the store; they are then shown no more.',
  }),
  archiveLocation: key('ACTION_LOG_ARCHIVE_LOCATION', nonEmptyText, {
    defaultText: 'the location that takes the writes',
    since: '2.9',
    summary: 'Id of the location that takes them.',
  }),
  archivePath: key('ACTION_LOG_ARCHIVE_PATH', folder, {
    default: 'actionlogarchive/',
    since: '2.9',
    summary: 'Folder of them there.',
  }),
  rotationThresholdSeconds: key('ACTION_LOG_ROTATION_THRESHOLD', duration, {
    default: '30d',
    since: '3.2',
    summary: 'Age of entries that are moved.',
  }),
  rotationFrequencySeconds: key('ACTION_LOG_ROTATION_FREQUENCY', integer(1), {
    default: 43_200,
    since: '3.2',
    summary: 'Seconds between two moves.',
  }),
  minimumAgeSeconds: key('MINIMUM_LOGS_AGE_FOR_ARCHIVE', duration, {
    default: '7d',
    since: '3.2',
    summary: 'Age below which nothing is ever moved.',
  }),
  featureAggregatedCounts: key('FEATURE_AGGREGATED_LOG_COUNT_RETRIEVAL', boolean, {
    default: true,
    since: '3.2',
    summary: 'Answer how many entries of each kind every day has.',
  }),
  featureExport: key('FEATURE_LOG_EXPORT', boolean, {
    default: true,
    since: '3.2',
    summary: 'Export entries on demand.',
  }),
  exportPath: key('EXPORT_ACTION_LOGS_STORAGE_PATH', folder, {
    default: 'exportedactionlogs',
    since: '3.2',
    summary: 'Folder of exports in the store.',
  }),
  exportPollSeconds: key('EXPORT_ACTION_LOGS_WORKER_POLL_PERIOD', decimal(1), {
    default: 60,
    since: '3.2',
    summary: 'Seconds between two looks for exports to do.',
  }),
  exportMaximumSeconds: key('EXPORT_ACTION_LOGS_MAXIMUM_SECONDS', decimal(1), {
    default: 3600,
    since: '3.2',
    summary: 'Longest export; a longer one is reported as `timedout`.',
  }),
  exportMaximumQuerySeconds: key('EXPORT_ACTION_LOGS_MAXIMUM_QUERY_TIME_SECONDS', decimal(1), {
    default: 30,
    since: '3.2',
    summary: 'Longest query of an export.',
  }),
  exportLinkSeconds: key('EXPORT_ACTION_LOGS_SECONDS', decimal(1), {
    default: 3600,
    since: '3.2',
    summary: 'Seconds that an export can be fetched; then it is removed.',
  }),
  maximumPages: key('ACTION_LOG_MAX_PAGE', integer(1), {
    since: '3.2',
    summary: 'Most pages of one list of entries.',
  }),
  disabledForAuditLogs: key('DISABLED_FOR_AUDIT_LOGS', textList, {
    default: [],
    since: '3.2',
    summary: 'Namespaces without any entry.',
  }),
  disabledForPullLogs: key('DISABLED_FOR_PULL_LOGS', textList, {
    default: [],
    since: '3.2',
    summary: 'Namespaces without entries of pulls.',
  }),
  disablePullLogsForFreeNamespaces: key('FEATURE_DISABLE_PULL_LOGS_FOR_FREE_NAMESPACES', boolean, {
    default: false,
    since: '3.2',
    summary: 'No entries of pulls at all: without paid plans every namespace counts as free.',
  }),
  extended: key('FEATURE_EXTENDED_ACTION_LOGGING', boolean, {
    default: false,
    since: '3.x',
    summary: 'Entries tell about their requests: address, method, credentials, client, id and proxies.',
  }),
  auditLogins: key('ACTION_LOG_AUDIT_LOGINS', boolean, {
    default: true,
    since: '3.9',
    summary: 'Record log-ins, of the registry too.',
  }),
  auditLoginFailures: key('ACTION_LOG_AUDIT_LOGIN_FAILURES', boolean, {
    default: false,
    since: '3.11',
    summary: 'Record failed log-ins.',
  }),
  auditPullFailures: key('ACTION_LOG_AUDIT_PULL_FAILURES', boolean, {
    default: false,
    since: '3.11',
    summary: 'Record failed pulls.',
  }),
  auditPushFailures: key('ACTION_LOG_AUDIT_PUSH_FAILURES', boolean, {
    default: false,
    since: '3.11',
    summary: 'Record failed pushes.',
  }),
  auditDeleteFailures: key('ACTION_LOG_AUDIT_DELETE_FAILURES', boolean, {
    default: false,
    since: '3.11',
    summary: 'Record failed deletions.',
  }),
});
