import type { Kysely } from 'kysely';
import type { Schema } from '#/db/schema.ts';

/** A handle for queries: outside a transaction it only reads. */
export type Db = Kysely<Schema>;

export type DialectName = 'sqlite' | 'postgresql' | 'mysql';

export interface TransactionOptions {
  /**
   * `relaxed` lets a power failure (never a crash of the process) forget the transaction: only for rows whose loss a client
   * repairs by itself, such as a new upload session. Default `durable`.
   */
  readonly durability?: 'durable' | 'relaxed';
}

export interface Database {
  readonly dialect: DialectName;
  /** For SELECT outside transactions; on SQLite a read-only connection. */
  readonly read: Db;
  /**
   * For pages of names and of the log, which may be a moment behind what was written: goes to a replica where there are some, else the same
   * as `read`. Never for what a decision rests on.
   */
  readonly listing: Db;
  /**
   * Runs `work` in one READ COMMITTED (SQLite: BEGIN IMMEDIATE) transaction and retries it as a whole, with jitter, after deadlock, serialisation and busy
   * errors, so `work` must have no effect but SQL and await nothing else. Lost connections and time-outs become
   * DomainError-free `DatabaseUnavailableError`; unique violations become `UniqueViolationError`.
   */
  transaction<T>(work: (db: Db) => Promise<T>, options?: TransactionOptions): Promise<T>;
  /**
   * A number that is another one after every commit of this and any other process that reads could see, those that only append to
   * the action log apart. Undefined where the product cannot tell (PostgreSQL, MySQL).
   */
  epoch(): number | undefined;
  close(): Promise<void>;
}

/** The database cannot be reached or refuses to write; answer 503. */
export class DatabaseUnavailableError extends Error {
  readonly readOnly: boolean;

  constructor(message: string, options: { cause?: unknown; readOnly?: boolean } = {}) {
    super(message, { cause: options.cause });
    this.name = 'DatabaseUnavailableError';
    this.readOnly = options.readOnly ?? false;
  }
}

/** A unique constraint refused a row. */
export class UniqueViolationError extends Error {
  constructor(cause: unknown) {
    super('a row with the same key exists', { cause });
    this.name = 'UniqueViolationError';
  }
}
