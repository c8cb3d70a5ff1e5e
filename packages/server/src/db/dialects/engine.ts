import type { CompiledQuery, QueryResult } from 'kysely';
import type { DialectName } from '#/db/database.ts';

export type Durability = 'durable' | 'relaxed';

/** One connection with an open transaction. */
export interface Session {
  run(query: CompiledQuery): Promise<QueryResult<unknown>>;
  commit(): Promise<void>;
  /** Never throws: a connection that cannot roll back is thrown away. */
  rollback(): Promise<void>;
  /** Gives the connection back, whatever its state. */
  release(): void;
}

/** What a database product does differently from the others below Kysely. Errors leave it translated (see db/failures.ts). */
export interface Engine {
  readonly name: DialectName;
  /** Runs one statement outside a transaction; retries by itself what is safe to retry. */
  read(query: CompiledQuery): Promise<QueryResult<unknown>>;
  begin(durability: Durability): Promise<Session>;
  /** See `Database.epoch`; absent where the product cannot tell. */
  epoch?(): number | undefined;
  close(): Promise<void>;
}
