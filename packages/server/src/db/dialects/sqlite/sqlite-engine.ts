import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseUnavailableError } from '#/db/database.ts';
import type { Engine, Session } from '#/db/dialects/engine.ts';
import { changesLookUps, createEpoch } from './epoch.ts';
import { isBusy, translateSqliteError } from './failures.ts';
import { openSqliteConnection, type SqliteConnection } from './sqlite-connection.ts';
import { createWalSync } from './wal-sync.ts';
import { createWriteQueue } from './write-queue.ts';

/** How long a transaction waits for the writers of this process, and then for those of others. */
const defaultWaitLimitMs = 10_000;
const retryDelayMs = { first: 2, most: 40 };

/**
 * SQLite in one file: one connection that writes, one that can only read. When the log cannot be synced, nothing is acknowledged
 * any more until the process starts again.
 */
export async function openSqliteEngine(path: string, waitLimitMs = defaultWaitLimitMs): Promise<Engine> {
  const writer = await retryWhileBusy(waitLimitMs, () => openSqliteConnection(path, 'write'));
  const reader = await retryWhileBusy(waitLimitMs, () => openSqliteConnection(path, 'read')).catch(
    (error: unknown) => {
      writer.close();
      throw error;
    },
  );
  const queue = createWriteQueue();
  const walSync = createWalSync(path);
  const epoch = createEpoch(writer);

  return {
    name: 'sqlite',
    async read(query) {
      try {
        return reader.run(query);
      } catch (error) {
        if (!isBusy(error)) throw translateSqliteError(error);
        return await retryWhileBusy(waitLimitMs, () => reader.run(query));
      }
    },
    async begin(durability) {
      await queue.enter(
        waitLimitMs,
        () => new DatabaseUnavailableError('too many writes wait for the SQLite database'),
      );
      try {
        // A read that turns into a write would fail with SQLITE_BUSY_SNAPSHOT, hence IMMEDIATE.
        await retryWhileBusy(waitLimitMs, () => writer.exec('BEGIN IMMEDIATE'));
      } catch (error) {
        queue.leave();
        throw error;
      }
      const leave = (changed: boolean): void => {
        if (changed) epoch.advance();
        queue.leave();
      };
      return openSession(writer, leave, durability === 'durable' ? walSync.flush : undefined);
    },
    epoch: epoch.current,
    async close() {
      reader.close();
      writer.close();
      await walSync.close();
    },
  };
}

function openSession(
  connection: SqliteConnection,
  leave: (changed: boolean) => void,
  flush: (() => Promise<void>) | undefined,
): Session {
  let left = false;
  let changed = false;
  const finish = (): void => {
    if (left) return;
    left = true;
    try {
      // After a failed COMMIT the transaction may still be open.
      if (connection.inTransaction) connection.exec('ROLLBACK');
    } finally {
      leave(changed);
    }
  };
  return {
    async run(query) {
      changed ||= changesLookUps(query);
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
      // The next writer need not wait for the disk: its commit follows this one in the log.
      finish();
      await flush?.().catch((error: unknown) => {
        throw new DatabaseUnavailableError('the log of the database file cannot be synced', { cause: error });
      });
    },
    async rollback() {
      finish();
    },
    release: finish,
  };
}

async function retryWhileBusy<T>(limitMs: number, action: () => T): Promise<T> {
  const giveUpAtMs = Date.now() + limitMs;
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
