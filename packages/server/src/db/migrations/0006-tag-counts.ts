import { sql } from 'kysely';
import { integer, references } from './columns.ts';
import { createTableStatements, type Table } from './create-table.ts';
import type { Migration } from './migration.ts';

/** Repositories of before are counted when their next tag is written. */
export const tagCountsTable: Table = {
  name: 'tag_counts',
  columns: {
    repository_id: references('repositories', 'cascade'),
    visible: integer(),
  },
  primaryKey: ['repository_id'],
};

export const tagCounts: Migration = {
  number: 6,
  name: 'numbers of tags',
  steps: (target) =>
    createTableStatements(tagCountsTable, target).map((statement) => async (db) => {
      await sql.raw(statement).execute(db);
    }),
};
