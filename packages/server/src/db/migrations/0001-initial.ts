import { sql } from 'kysely';
import { contentTables } from './0001-initial/content-tables.ts';
import { credentialTables } from './0001-initial/credential-tables.ts';
import { namespaceTables } from './0001-initial/namespace-tables.ts';
import { workTables } from './0001-initial/work-tables.ts';
import { createTableStatements, type Table } from './create-table.ts';
import type { Migration } from './migration.ts';

/*
 * What is deleted with its owner cascades. What stands for bytes in storage, or is needed to find them, restricts: blobs,
 * placements, uploads, manifests and tags go row by row, so that nothing in storage is forgotten.
 */

/** In an order in which each table follows those that it refers to. */
export const initialTables: readonly Table[] = [
  ...namespaceTables,
  ...credentialTables,
  ...contentTables,
  ...workTables,
];

export const initial: Migration = {
  number: 1,
  name: 'initial',
  steps: (target) =>
    initialTables
      .flatMap((table) => createTableStatements(table, target))
      .map((statement) => async (db) => {
        await sql.raw(statement).execute(db);
      }),
};
