import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type DialectAdapter,
  type Driver,
  MysqlAdapter,
  MysqlIntrospector,
  MysqlQueryCompiler,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import type { Durability, Engine, Session } from './engine.ts';

/** Kysely's adapter serialises SQLite with a lock of its own; ours is in the engine. */
class QueuedSqliteAdapter extends SqliteAdapter {
  override get supportsMultipleConnections(): boolean {
    return true;
  }
}

const products = {
  sqlite: { Adapter: QueuedSqliteAdapter, Compiler: SqliteQueryCompiler, Introspector: SqliteIntrospector },
  postgresql: {
    Adapter: PostgresAdapter,
    Compiler: PostgresQueryCompiler,
    Introspector: PostgresIntrospector,
  },
  mysql: { Adapter: MysqlAdapter, Compiler: MysqlQueryCompiler, Introspector: MysqlIntrospector },
};

const writeKinds: ReadonlySet<string> = new Set([
  'InsertQueryNode',
  'UpdateQueryNode',
  'DeleteQueryNode',
  'MergeQueryNode',
]);

class EngineConnection implements DatabaseConnection {
  readonly #engine: Engine;
  session: Session | undefined;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    if (this.session === undefined) {
      if (writeKinds.has(query.query.kind)) throw new Error('writes need database.transaction()');
      return (await this.#engine.read(query)) as QueryResult<R>;
    }
    return (await this.session.run(query)) as QueryResult<R>;
  }

  streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('read in pages instead of a stream');
  }
}

class EngineDriver implements Driver {
  readonly #engine: Engine;
  readonly #durability: Durability | undefined;

  constructor(engine: Engine, durability: Durability | undefined) {
    this.#engine = engine;
    this.#durability = durability;
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<EngineConnection> {
    return new EngineConnection(this.#engine);
  }

  async beginTransaction(connection: EngineConnection): Promise<void> {
    if (this.#durability === undefined) throw new Error('begin transactions with database.transaction()');
    connection.session = await this.#engine.begin(this.#durability);
  }

  async commitTransaction(connection: EngineConnection): Promise<void> {
    await connection.session?.commit();
  }

  async rollbackTransaction(connection: EngineConnection): Promise<void> {
    await connection.session?.rollback();
  }

  async releaseConnection(connection: EngineConnection): Promise<void> {
    connection.session?.release();
    connection.session = undefined;
  }

  async destroy(): Promise<void> {}
}

/** A Kysely dialect over an engine: with a durability it runs transactions, without it only single reads. */
export function engineDialect(engine: Engine, durability?: Durability): Dialect {
  const { Adapter, Compiler, Introspector } = products[engine.name];
  return {
    createAdapter: (): DialectAdapter => new Adapter(),
    createDriver: () => new EngineDriver(engine, durability),
    createIntrospector: (db) => new Introspector(db),
    createQueryCompiler: () => new Compiler(),
  };
}
