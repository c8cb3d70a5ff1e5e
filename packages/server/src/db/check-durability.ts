import { sql } from 'kysely';
import type { Logger } from '#/platform/logger.ts';
import type { Database } from './database.ts';

/** Warns when the server is set up to forget acknowledged transactions after a power failure. */
export async function checkDurability(database: Database, logger: Logger): Promise<void> {
  for (const problem of await findDurabilityProblems(database)) {
    logger.warn({ setting: problem }, 'the database may lose acknowledged writes when the power fails');
  }
}

/** The settings at fault, as `name=value`. */
export async function findDurabilityProblems(database: Database): Promise<string[]> {
  if (database.dialect === 'sqlite') return [];
  if (database.dialect === 'postgresql') {
    const { rows } = await sql<{ name: string; value: string }>`
      select name, setting as value from pg_settings
      where name in ('synchronous_commit', 'fsync', 'full_page_writes') and setting = 'off' order by name
    `.execute(database.read);
    return rows.map(({ name, value }) => `${name}=${value}`);
  }
  const { rows } = await sql<{ value: number }>`
    select @@innodb_flush_log_at_trx_commit as value`.execute(database.read);
  const value = rows[0]?.value;
  return value === 1 ? [] : [`innodb_flush_log_at_trx_commit=${value}`];
}
