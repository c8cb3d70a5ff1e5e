import { Kysely } from 'kysely';
import { takeActions } from './after-commit.ts';
import type { Database, Db } from './database.ts';
import type { Engine } from './dialects/engine.ts';
import { engineDialect } from './dialects/engine-dialect.ts';
import { retryTransient } from './retry-transient.ts';
import type { Schema } from './schema.ts';

/** The `Database` over an engine; `listingEngine` answers what may be a moment behind. */
export function createDatabase(engine: Engine, listingEngine?: Engine): Database {
  const read = new Kysely<Schema>({ dialect: engineDialect(engine) });
  const listing =
    listingEngine === undefined ? read : new Kysely<Schema>({ dialect: engineDialect(listingEngine) });
  const writers = {
    durable: new Kysely<Schema>({ dialect: engineDialect(engine, 'durable') }),
    relaxed: new Kysely<Schema>({ dialect: engineDialect(engine, 'relaxed') }),
  };
  let closed = false;
  return {
    dialect: engine.name,
    read,
    listing,
    async transaction(work, options) {
      let used: Db | undefined;
      const result = await retryTransient(() =>
        writers[options?.durability ?? 'durable'].transaction().execute((db) => {
          used = db;
          return work(db);
        }),
      );
      for (const action of used === undefined ? [] : takeActions(used)) action();
      return result;
    },
    epoch: () => engine.epoch?.(),
    async close() {
      if (closed) return;
      closed = true;
      await Promise.all([
        read.destroy(),
        listing.destroy(),
        writers.durable.destroy(),
        writers.relaxed.destroy(),
      ]);
      await listingEngine?.close();
      await engine.close();
    },
  };
}
