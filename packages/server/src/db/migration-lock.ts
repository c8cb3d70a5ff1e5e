import { sql } from 'kysely';
import type { Database, Db } from './database.ts';

const advisoryKey = 7_239_504_118;
/** 62 characters whatever the name of the database: MySQL takes 64, MariaDB more. */
const mysqlLockName = sql`concat('wharf-', sha2(database(), 224))`;
const lockWaitSeconds = 600;

/** Runs `work` in a transaction while no other process migrates this database; waits for it up to ten minutes. */
export async function withMigrationLock<T>(database: Database, work: (db: Db) => Promise<T>): Promise<T> {
  return database.transaction(async (db) => {
    if (database.dialect === 'mysql') return underMysqlLock(db, work);
    if (database.dialect === 'postgresql') {
      await sql`set local statement_timeout = 0`.execute(db);
      await sql`set local lock_timeout = ${sql.lit(`${lockWaitSeconds}s`)}`.execute(db);
      await sql`select pg_advisory_xact_lock(${sql.lit(advisoryKey)})`.execute(db);
    }
    return work(db);
  });
}

/** DDL commits by itself there, so the lock belongs to the connection, not to the transaction. */
async function underMysqlLock<T>(db: Db, work: (db: Db) => Promise<T>): Promise<T> {
  const { rows } = await sql<{
    taken: number | null;
  }>`select get_lock(${mysqlLockName}, ${sql.lit(lockWaitSeconds)}) as taken`.execute(db);
  if (rows[0]?.taken !== 1)
    throw new Error('another process has been migrating the database for ten minutes');
  try {
    return await work(db);
  } finally {
    await sql`select release_lock(${mysqlLockName})`.execute(db);
  }
}
