import { type FileHandle, open } from 'node:fs/promises';
import { createGroupSync } from './group-sync.ts';

export interface WalSync {
  /** Returns when every commit made so far survives a power failure. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** Syncs the write-ahead log of a SQLite file on a thread of the I/O pool, once for many commits. */
export function createWalSync(databasePath: string): WalSync {
  let file: Promise<FileHandle> | undefined;
  return {
    flush: createGroupSync(async () => {
      // SQLite takes its locks on other files, so that a handle of our own on this one disturbs none.
      file ??= open(`${databasePath}-wal`, 'r');
      await (await file).datasync();
    }),
    async close() {
      await (await file)?.close();
    },
  };
}
