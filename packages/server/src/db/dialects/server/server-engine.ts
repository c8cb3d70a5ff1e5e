import type { CompiledQuery, QueryResult } from 'kysely';
import { DatabaseUnavailableError, type DialectName } from '#/db/database.ts';
import type { Engine, Session } from '#/db/dialects/engine.ts';
import { TransientFailure } from '#/db/failures.ts';
import { retryTransient } from '#/db/retry-transient.ts';
import { type ConnectionPool, createConnectionPool, type PoolLimits } from './connection-pool.ts';
import type { Failure, Link, Product } from './link.ts';

/** An engine over a database server. */
export function createServerEngine(name: DialectName, product: Product, limits: PoolLimits): Engine {
  const pool = createConnectionPool(product, limits);
  return {
    name,
    read: (query) => retryTransient(() => readOnce(pool, product, query)),
    async begin(durability) {
      const link = await pool.acquire();
      try {
        await pool.watch(link, link.begin(durability));
      } catch (error) {
        pool.release(link, true);
        // Most often a connection that broke while it was idle; nothing has happened yet.
        throw retryable(product.classify(error));
      }
      return openSession(pool, product, link);
    },
    async close() {
      pool.close();
    },
  };
}

async function readOnce(
  pool: ConnectionPool,
  product: Product,
  query: CompiledQuery,
): Promise<QueryResult<unknown>> {
  const link = await pool.acquire();
  let broken = false;
  try {
    return await pool.watch(link, link.run(query));
  } catch (error) {
    const failure = product.classify(error);
    broken = failure.kind === 'lost' || error instanceof DatabaseUnavailableError;
    throw retryable(failure);
  } finally {
    pool.release(link, broken);
  }
}

function openSession(pool: ConnectionPool, product: Product, link: Link): Session {
  let broken = false;
  const settle = (error: unknown): Failure => {
    const failure = product.classify(error);
    if (failure.kind === 'lost' || error instanceof DatabaseUnavailableError) broken = true;
    return failure;
  };
  return {
    async run(query) {
      try {
        return await pool.watch(link, link.run(query));
      } catch (error) {
        throw retryable(settle(error));
      }
    },
    async commit() {
      try {
        await pool.watch(link, link.commit());
      } catch (error) {
        const failure = settle(error);
        if (failure.kind !== 'lost') throw retryable(failure);
        // Nobody knows whether it was committed, so it must not run again.
        throw new DatabaseUnavailableError('the connection broke during COMMIT', { cause: error });
      }
    },
    async rollback() {
      if (broken) return;
      try {
        await pool.watch(link, link.rollback());
      } catch {
        broken = true;
      }
    },
    release: () => pool.release(link, broken),
  };
}

function retryable({ kind, error }: Failure): unknown {
  return kind === 'other' ? error : new TransientFailure(error, kind === 'lost');
}
