import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseUnavailableError } from '#/db/database.ts';
import type { Durability, Engine, Session } from '#/db/dialects/engine.ts';
import { isBusy, translateSqliteError } from './failures.ts';
import { openSqliteConnection, type SqliteConnection } from './sqlite-connection.ts';
import { createWriteQueue } from './write-queue.ts';

/** How long a transaction waits for writers of this and other processes. */
const writerWaitLimitMs = 10_000;
const retryDelayMs = { first: 2, most: 40 };

const synchronous: Readonly<Record<Durability, string>> = { durable: 'FULL', relaxed: 'NORMAL' };

/** SQLite in one file: one connection that writes, one that can only read. */
export async function openSqliteEngine(path: string): Promise<Engine> {
  const writer = await retryWhileBusy(() => openSqliteConnection(path, 'write'));
  const reader = await retryWhileBusy(() => openSqliteConnection(path, 'read')).catch((error: unknown) => {
    writer.close();
    throw error;
  });
  const queue = createWriteQueue();
  let current: Durability = 'durable';

  function beginOn(connection: SqliteConnection, durability: Durability): void {
    if (current !== durability) {
      connection.exec(`PRAGMA synchronous = ${synchronous[durability]}`);
      current = durability;
    }
    connection.exec('BEGIN IMMEDIATE');
  }

  return {
    name: 'sqlite',
    async read(query) {
      try {
        return reader.run(query);
      } catch (error) {
        if (!isBusy(error)) throw translateSqliteError(error);
        return await retryWhileBusy(() => reader.run(query));
      }
    },
    async begin(durability) {
      await queue.enter(
        writerWaitLimitMs,
        () => new DatabaseUnavailableError('too many writes wait for the SQLite database'),
      );
      try {
        // A read that turns into a write would fail with SQLITE_BUSY_SNAPSHOT, hence IMMEDIATE.
        await retryWhileBusy(() => beginOn(writer, durability));
      } catch (error) {
        queue.leave();
        throw error;
      }
      return openSession(writer, queue.leave);
    },
    async close() {
      reader.close();
      writer.close();
    },
  };
}

function openSession(connection: SqliteConnection, leave: () => void): Session {
  const rollback = (): void => {
    if (connection.inTransaction) connection.exec('ROLLBACK');
  };
  return {
    async run(query) {
      try {
        return connection.run(query);
      } catch (error) {
        throw translateSqliteError(error);
      }
    },
    async commit() {
      try {
        connection.exec('COMMIT');
      } catch (error) {
        throw translateSqliteError(error);
      }
    },
    async rollback() {
      rollback();
    },
    release() {
      try {
        // After a failed COMMIT the transaction may still be open.
        rollback();
      } finally {
        leave();
      }
    },
  };
}

async function retryWhileBusy<T>(action: () => T): Promise<T> {
  const giveUpAtMs = Date.now() + writerWaitLimitMs;
  let delayMs = retryDelayMs.first;
  for (;;) {
    try {
      return action();
    } catch (error) {
      if (!isBusy(error)) throw translateSqliteError(error);
      if (Date.now() >= giveUpAtMs) {
        throw new DatabaseUnavailableError('another process holds the SQLite database', { cause: error });
      }
      await sleep(delayMs * (0.5 + Math.random()));
      delayMs = Math.min(delayMs * 2, retryDelayMs.most);
    }
  }
}
