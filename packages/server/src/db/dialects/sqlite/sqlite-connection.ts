import Sqlite from 'better-sqlite3';
import type { CompiledQuery, QueryResult } from 'kysely';
import { LRUCache } from 'lru-cache';

/** Statements kept compiled; the texts that a registry sends are a few hundred. */
const statementCacheSize = 1000;
/** SQLite waits by blocking the process, so it waits shortly; the engine then waits without blocking. */
const busyTimeoutMs = 5;
const walSizeLimitBytes = 64 * 1024 * 1024;
/** Pages in the WAL after which a commit copies it into the database file. */
const checkpointPages = 1000;
const cacheKib = 16 * 1024;

/** One SQLite connection; everything on it is synchronous. */
export interface SqliteConnection {
  run(query: CompiledQuery): QueryResult<unknown>;
  exec(text: string): void;
  readonly inTransaction: boolean;
  /** Another number after every commit of another connection, never after one of this (SQLite, PRAGMA data_version). */
  dataVersion(): number;
  close(): void;
}

/** Opens the file; a writer also creates it and leaves WAL mode switched on. */
export function openSqliteConnection(path: string, mode: 'read' | 'write'): SqliteConnection {
  const db = new Sqlite(path, { readonly: mode === 'read', timeout: busyTimeoutMs });
  try {
    configure(db, mode);
  } catch (error) {
    db.close();
    throw error;
  }
  const statements = new LRUCache<string, Sqlite.Statement>({ max: statementCacheSize });
  const dataVersion = db.prepare<[], number>('PRAGMA data_version').pluck();
  return {
    run({ sql, parameters }) {
      let statement = statements.get(sql);
      if (statement === undefined) {
        statement = db.prepare(sql);
        statements.set(sql, statement);
      }
      if (statement.reader) return { rows: statement.all(parameters) };
      const { changes, lastInsertRowid } = statement.run(parameters);
      return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) };
    },
    exec: (text) => void db.exec(text),
    get inTransaction() {
      return db.inTransaction;
    },
    dataVersion: () => dataVersion.get() ?? 0,
    close: () => void db.close(),
  };
}

function configure(db: Sqlite.Database, mode: 'read' | 'write'): void {
  if (mode === 'write') {
    if (db.pragma('journal_mode = WAL', { simple: true }) !== 'wal') {
      throw new Error('the file system of the SQLite database does not support WAL; use a local disk');
    }
    // Durable commits are synced by wal-sync.ts, off the main thread; SQLite itself syncs around checkpoints.
    db.pragma('synchronous = NORMAL');
    db.pragma(`wal_autocheckpoint = ${checkpointPages}`);
    db.pragma(`journal_size_limit = ${walSizeLimitBytes}`);
  } else {
    db.pragma('query_only = ON');
  }
  db.pragma('foreign_keys = ON');
  db.pragma('trusted_schema = OFF');
  db.pragma('temp_store = MEMORY');
  db.pragma(`cache_size = -${cacheKib}`);
}
