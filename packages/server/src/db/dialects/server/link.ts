import type { CompiledQuery, QueryResult } from 'kysely';
import type { Durability } from '#/db/dialects/engine.ts';

/** One network connection to a database server; its errors are the driver's own. */
export interface Link {
  run(query: CompiledQuery): Promise<QueryResult<unknown>>;
  begin(durability: Durability): Promise<void>;
  commit(): Promise<void>;
  rollback(): Promise<void>;
  /** Calls `listener` when the connection breaks while nothing runs on it. */
  onLost(listener: () => void): void;
  /** Ends the connection at once, whatever runs on it. */
  destroy(): void;
}

export type FailureKind =
  /** The connection is gone; what ran on it was undone, unless it was a COMMIT. */
  | 'lost'
  /** The server undid the transaction and asks to try again. */
  | 'transient'
  /** The server is there but has no connection to give. */
  | 'full'
  | 'other';

export interface Failure {
  readonly kind: FailureKind;
  /** What the caller gets if it is not retried. */
  readonly error: unknown;
}

/** One server product. */
export interface Product {
  /** Throws the driver's error, after `connectTimeoutMs` at the latest. */
  connect(): Promise<Link>;
  classify(error: unknown): Failure;
}
