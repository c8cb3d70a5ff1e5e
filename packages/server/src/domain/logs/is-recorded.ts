import type { ActionLogSettings } from '#/domain/services.ts';
import type { ActionLogEntry } from './action-log-entry.ts';
import type { LogKind } from './log-kind.ts';

/** What a configuration without any key gives. */
const defaultActionLogSettings: ActionLogSettings = {
  auditLogins: true,
  auditLoginFailures: false,
  auditPullFailures: false,
  auditPushFailures: false,
  auditDeleteFailures: false,
  disabledForAuditLogs: [],
  disabledForPullLogs: [],
  disablePullLogsForFreeNamespaces: false,
};

type Switch = keyof ActionLogSettings & `audit${string}`;

const switches: Readonly<Partial<Record<LogKind, Switch>>> = {
  login_success: 'auditLogins',
  logout_success: 'auditLogins',
  login_failure: 'auditLoginFailures',
  pull_repo_failed: 'auditPullFailures',
  push_repo_failed: 'auditPushFailures',
  delete_tag_failed: 'auditDeleteFailures',
};

/** Whether entries of this kind are wanted at all, whatever their namespace. */
export function isKindRecorded(
  kind: LogKind,
  settings: ActionLogSettings = defaultActionLogSettings,
): boolean {
  const name = switches[kind];
  if (name !== undefined && !settings[name]) return false;
  return !(isPull(kind) && settings.disablePullLogsForFreeNamespaces);
}

/** The names of namespaces that have no entries of this kind. */
export function silentNamespaces(
  kind: LogKind,
  settings: ActionLogSettings = defaultActionLogSettings,
): readonly string[] {
  return isPull(kind)
    ? [...settings.disabledForAuditLogs, ...settings.disabledForPullLogs]
    : settings.disabledForAuditLogs;
}

function isPull(kind: LogKind): boolean {
  return kind === 'pull_repo' || kind === 'repo_verb';
}

/** The entry without its request, unless the configuration wants that. */
export function recordedShape<Entry extends Pick<ActionLogEntry, 'request'>>(
  entry: Entry,
  settings: ActionLogSettings | undefined,
): Entry {
  return settings?.extended === true || entry.request === undefined
    ? entry
    : { ...entry, request: undefined };
}
