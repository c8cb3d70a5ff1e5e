import { setTimeout as sleep } from 'node:timers/promises';
import type { GuardedProcess } from './guarded-process.ts';

/** A database server for tests; it ends with this process at the latest, and its files with it. */
export interface DatabaseServer {
  /** DB_URI of a database on it that always exists, for an account that may create others. */
  readonly uri: string;
  /** Ends the process but keeps files and port. */
  halt(): Promise<void>;
  /** Starts again after `halt`. */
  resume(): Promise<void>;
  /** Ends the process and removes the files. */
  stop(): Promise<void>;
}

export interface ServerOptions {
  /** Whether acknowledged writes survive a power failure; false is faster and the default. */
  readonly durable?: boolean;
  /** Further arguments of the server. */
  readonly arguments?: readonly string[];
}

const startLimitMs = 30_000;

/** Waits until `ready` no longer throws; fails when the process ends before. */
export async function waitUntilReady(process: GuardedProcess, ready: () => Promise<void>): Promise<void> {
  const giveUpAtMs = Date.now() + startLimitMs;
  for (;;) {
    try {
      await ready();
      return;
    } catch (error) {
      if (process.hasEnded()) throw new Error(`the server ended: ${process.output()}`, { cause: error });
      if (Date.now() >= giveUpAtMs)
        throw new Error(`the server does not answer: ${process.output()}`, { cause: error });
      await sleep(20);
    }
  }
}
