import type { ActionLogEntry } from './action-log-entry.ts';

export interface PullLog {
  /**
   * With strict logging (the default) resolves once the entry is committed (on disk, while the database is read-only) and rejects if that failed. With
   * `pullsWithoutStrictLogging` resolves at once: the entry is committed soon, also after an outage of the database.
   */
  record(entry: Omit<ActionLogEntry, 'createdMs'>): Promise<void>;
  /** Commits, or spills, what is waiting. */
  close(): Promise<void>;
}

export interface PullLogOptions {
  /** Where entries wait on disk while the database is away; without it they wait in memory only. */
  readonly spillDirectory?: string;
  /** Without strict logging: how long entries wait for others to share their commit. */
  readonly groupMs?: number;
  /** Most entries that wait in memory during an outage, without strict logging. */
  readonly queueLimit?: number;
}
