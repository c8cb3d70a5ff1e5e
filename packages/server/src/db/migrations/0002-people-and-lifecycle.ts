import { sql } from 'kysely';
import { accountTables } from './0002-people-and-lifecycle/account-tables.ts';
import { activityTables } from './0002-people-and-lifecycle/activity-tables.ts';
import { createTableStatements, type Table } from './create-table.ts';
import type { Migration } from './migration.ts';

export const peopleAndLifecycleTables: readonly Table[] = [...accountTables, ...activityTables];

export const peopleAndLifecycle: Migration = {
  number: 2,
  name: 'people and lifecycle',
  steps: (target) =>
    peopleAndLifecycleTables
      .flatMap((table) => createTableStatements(table, target))
      .map((statement) => async (db) => {
        await sql.raw(statement).execute(db);
      }),
};
