import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isMissing, systemErrorCode } from './map-local-error.ts';

export interface DurableDirectories {
  /** Makes a folder below the root and those between, but never the root: an unmounted volume must not be written to. */
  make(directory: string): Promise<void>;
  /** Puts the entries of a folder on disk, and the entries that lead to it from the root. */
  sync(directory: string): Promise<void>;
}

/**
 * Remembers which folders are on disk with all that leads to them. A folder that exists may have been made an instant ago by somebody
 * who has not synced its parent yet, so each process syncs the parents once, with the first entry that it makes in there.
 */
export function createDurableDirectories(root: string): DurableDirectories {
  const durable = new Set([root]);

  async function make(directory: string): Promise<void> {
    for (let at = directory; at !== root; at = dirname(at)) durable.delete(at);
    try {
      await mkdir(directory);
    } catch (error) {
      if (systemErrorCode(error) === 'EEXIST') return;
      const parent = dirname(directory);
      if (!isMissing(error) || parent === root) throw error;
      await make(parent);
      await make(directory);
    }
  }

  return {
    make,
    async sync(directory) {
      const pending: string[] = [];
      for (let at = directory; !durable.has(at); at = dirname(at)) pending.push(at);
      // At the same time: the journal of the file system takes all of them in one commit.
      await Promise.all([directory, ...pending.map(dirname)].map(syncEntries));
      for (const at of pending) durable.add(at);
    },
  };
}

/** Makes creations, renames and removals in a folder survive a power cut. */
async function syncEntries(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
