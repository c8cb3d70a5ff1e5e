import { flag, id, integer, name, nullable, oneOf, references, text } from '#/db/migrations/columns.ts';
import type { Table } from '#/db/migrations/create-table.ts';

const uuid = () => name(36);

const globalMessages: Table = {
  name: 'global_messages',
  columns: {
    id: id(),
    uuid: uuid(),
    content: text(),
    severity: oneOf('info', 'warning', 'error'),
    media_type: oneOf('text/plain', 'text/markdown'),
    created_ms: integer(),
  },
  unique: [['uuid']],
};

const userNotifications: Table = {
  name: 'user_notifications',
  columns: {
    id: id(),
    uuid: uuid(),
    account_id: references('accounts', 'cascade'),
    kind: name(64),
    metadata_json: text(),
    dismissed: flag(),
    lookup_path: nullable(name(255)),
    created_ms: integer(),
  },
  unique: [['uuid']],
  indexes: [['account_id', 'dismissed', 'id'], ['lookup_path'], ['dismissed', 'created_ms']],
};

const repositoryNotifications: Table = {
  name: 'repository_notifications',
  columns: {
    id: id(),
    uuid: uuid(),
    repository_id: references('repositories', 'cascade'),
    event: name(64),
    method: name(64),
    title: nullable(text()),
    config_json: text(),
    event_config_json: text(),
    number_of_failures: integer(),
    created_ms: integer(),
  },
  unique: [['uuid']],
  indexes: [['repository_id', 'event']],
};

const authorizedEmails: Table = {
  name: 'authorized_emails',
  columns: {
    id: id(),
    repository_id: references('repositories', 'cascade'),
    email: name(255),
    code: name(64),
    confirmed: flag(),
    created_ms: integer(),
  },
  unique: [['code'], ['repository_id', 'email']],
};

const actionLogArchives: Table = {
  name: 'action_log_archives',
  columns: { first_id: integer(), last_id: integer(), last_created_ms: integer() },
  primaryKey: ['first_id', 'last_id'],
};

const repositoryActionCounts: Table = {
  name: 'repository_action_counts',
  columns: {
    repository_id: references('repositories', 'cascade'),
    day: integer(),
    count: integer(),
  },
  primaryKey: ['repository_id', 'day'],
  indexes: [['day']],
};

const repositoryScores: Table = {
  name: 'repository_scores',
  columns: {
    repository_id: references('repositories', 'cascade'),
    score: integer(),
    updated_ms: integer(),
  },
  primaryKey: ['repository_id'],
  indexes: [['score', 'repository_id'], ['updated_ms']],
};

const deletedRepositories: Table = {
  name: 'deleted_repositories',
  columns: {
    repository_id: references('repositories', 'cascade'),
    original_name: name(255),
    marked_ms: integer(),
  },
  primaryKey: ['repository_id'],
};

/** What a sparse index names and the repository lacks. */
const manifestMissingChildren: Table = {
  name: 'manifest_missing_children',
  columns: {
    repository_id: references('repositories', 'restrict'),
    manifest_id: references('manifests', 'cascade'),
    digest: name(160),
  },
  primaryKey: ['manifest_id', 'digest'],
  indexes: [['repository_id', 'digest']],
};

const registrySize: Table = {
  name: 'registry_size',
  columns: {
    slot: integer(),
    size_bytes: integer(),
    completed_ms: nullable(integer()),
    queued: flag(),
    running: flag(),
  },
  primaryKey: ['slot'],
};

/** Messages, notifications, what is counted of repositories, and repositories that are being deleted. */
export const activityTables: readonly Table[] = [
  globalMessages,
  userNotifications,
  repositoryNotifications,
  authorizedEmails,
  actionLogArchives,
  repositoryActionCounts,
  repositoryScores,
  deletedRepositories,
  manifestMissingChildren,
  registrySize,
];
