import { sql } from 'kysely';
import type { Db } from '#/db/database.ts';
import { nullable, type Target, text } from './columns.ts';
import type { Migration } from './migration.ts';

const table = 'action_logs';
const column = 'request_json';

/** What entries of the action log tell about their requests. */
export const loggedRequests: Migration = {
  number: 5,
  name: 'requests of the action log',
  steps: (target) => [
    async (db) => {
      if (await hasColumn(db, target)) return;
      const type = nullable(text()).type(target);
      await sql`alter table ${sql.table(table)} add column ${sql.id(column)} ${sql.raw(type)} null`.execute(
        db,
      );
    },
  ],
};

/** Not every database knows `add column if not exists`. */
async function hasColumn(db: Db, { dialect }: Target): Promise<boolean> {
  const { rows } = await columnQueries[dialect].execute(db);
  return rows.length > 0;
}

const columnQueries = {
  sqlite: sql`select name from pragma_table_info(${table}) where name = ${column}`,
  postgresql: sql`select column_name from information_schema.columns where table_schema = current_schema() and table_name = ${table} and column_name = ${column}`,
  mysql: sql`select column_name from information_schema.columns where table_schema = database() and table_name = ${table} and column_name = ${column}`,
} as const;
