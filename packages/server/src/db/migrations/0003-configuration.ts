import { sql } from 'kysely';
import { integer, name, nullable, oneOf, text } from './columns.ts';
import { createTableStatements, type Table } from './create-table.ts';
import type { Migration } from './migration.ts';

const configurationVersions: Table = {
  name: 'configuration_versions',
  columns: {
    number: integer(),
    content_encrypted: text(),
    files_encrypted: text(),
    digest: name(64),
    source: oneOf('file', 'api', 'rollback'),
    author: nullable(name(255)),
    note: text(),
    created_ms: integer(),
  },
  primaryKey: ['number'],
  indexes: [['created_ms']],
};

const configurationNodes: Table = {
  name: 'configuration_nodes',
  columns: {
    node_id: name(64),
    hostname: name(255),
    version: nullable(integer()),
    state: oneOf('running', 'restart_needed', 'refused'),
    detail: text(),
    reported_ms: integer(),
  },
  primaryKey: ['node_id'],
  indexes: [['reported_ms']],
};

export const configurationTables: readonly Table[] = [configurationVersions, configurationNodes];

export const configuration: Migration = {
  number: 3,
  name: 'configuration versions',
  steps: (target) =>
    configurationTables
      .flatMap((table) => createTableStatements(table, target))
      .map((statement) => async (db) => {
        await sql.raw(statement).execute(db);
      }),
};
