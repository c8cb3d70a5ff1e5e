import { flag, id, integer, name, nullable, text } from '#/db/migrations/columns.ts';
import type { Table } from '#/db/migrations/create-table.ts';

const uuid = () => name(36);

const queueItems: Table = {
  name: 'queue_items',
  columns: {
    id: id(),
    queue_name: name(512),
    body: text(),
    available_after_ms: integer(),
    available: flag(),
    processing_expires_ms: nullable(integer()),
    retries_remaining: integer(),
    state_id: uuid(),
    created_ms: integer(),
  },
  indexes: [
    ['queue_name', 'available', 'available_after_ms'],
    ['queue_name', 'processing_expires_ms'],
    ['available_after_ms'],
  ],
};

const outbox: Table = {
  name: 'outbox',
  columns: {
    id: id(),
    topic: name(255),
    repository_id: nullable(integer()),
    event_number: nullable(integer()),
    body: text(),
    created_ms: integer(),
    available_after_ms: integer(),
    attempts: integer(),
    parked: flag(),
    owner: nullable(name(255)),
    lease_expires_ms: nullable(integer()),
  },
  indexes: [
    ['parked', 'available_after_ms'],
    ['repository_id', 'event_number'],
  ],
};

const actionLogs: Table = {
  name: 'action_logs',
  columns: {
    id: id(),
    uuid: uuid(),
    kind: name(255),
    account_id: nullable(integer()),
    performer_id: nullable(integer()),
    repository_id: nullable(integer()),
    created_ms: integer(),
    ip: nullable(name(64)),
    metadata_json: text(),
  },
  unique: [['uuid']],
  indexes: [
    ['created_ms', 'id'],
    ['account_id', 'created_ms', 'id'],
    ['account_id', 'performer_id', 'created_ms', 'id'],
    ['repository_id', 'created_ms', 'id'],
  ],
};

const leases: Table = {
  name: 'leases',
  columns: {
    name: name(255),
    owner: name(255),
    expires_ms: integer(),
    last_run_ms: nullable(integer()),
  },
  primaryKey: ['name'],
};

const settings: Table = {
  name: 'settings',
  columns: { name: name(255), value: text() },
  primaryKey: ['name'],
};

/** Jobs, deliveries, the action log and facts about the installation. */
export const workTables: readonly Table[] = [queueItems, outbox, actionLogs, leases, settings];
