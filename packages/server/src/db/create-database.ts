import { Kysely } from 'kysely';
import type { Database } from './database.ts';
import type { Engine } from './dialects/engine.ts';
import { engineDialect } from './dialects/engine-dialect.ts';
import { retryTransient } from './retry-transient.ts';
import type { Schema } from './schema.ts';

/** The `Database` over an engine. */
export function createDatabase(engine: Engine): Database {
  const read = new Kysely<Schema>({ dialect: engineDialect(engine) });
  const writers = {
    durable: new Kysely<Schema>({ dialect: engineDialect(engine, 'durable') }),
    relaxed: new Kysely<Schema>({ dialect: engineDialect(engine, 'relaxed') }),
  };
  let closed = false;
  return {
    dialect: engine.name,
    read,
    transaction: (work, options) =>
      retryTransient(() => writers[options?.durability ?? 'durable'].transaction().execute(work)),
    async close() {
      if (closed) return;
      closed = true;
      await Promise.all([read.destroy(), writers.durable.destroy(), writers.relaxed.destroy()]);
      await engine.close();
    },
  };
}
