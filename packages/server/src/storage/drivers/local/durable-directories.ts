import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isMissing, systemErrorCode } from './map-local-error.ts';

/** Makes the entries of a folder survive a power cut: renames, creations and removals in it. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export interface DurableDirectories {
  /** Makes a folder below the root, and those between, and returns when all of their entries are on disk. */
  ensure(directory: string): Promise<void>;
  /** Drops what is known of a folder that turned out to be gone, and of those above it. */
  forget(directory: string): void;
}

/**
 * Remembers which folders are known to be on disk. A folder that exists may have been made an instant ago by somebody who
 * has not synced its parent yet, so each process syncs the parent once before it trusts a folder. The root is never
 * made: when a volume is not mounted, nothing may be written below its mount point.
 */
export function createDurableDirectories(root: string): DurableDirectories {
  const known = new Map<string, Promise<void>>();

  async function make(directory: string): Promise<void> {
    const parent = dirname(directory);
    if (parent !== root) await ensure(parent);
    try {
      await mkdir(directory);
    } catch (error) {
      if (systemErrorCode(error) !== 'EEXIST') throw error;
    }
    await syncDirectory(parent);
  }

  function ensure(directory: string): Promise<void> {
    if (directory === root) return Promise.resolve();
    const present = known.get(directory);
    if (present !== undefined) return present;
    const made = make(directory).catch((error: unknown) => {
      known.delete(directory);
      if (isMissing(error)) known.delete(dirname(directory));
      throw error;
    });
    known.set(directory, made);
    return made;
  }

  return {
    ensure,
    forget(directory) {
      for (let at = directory; at !== root; at = dirname(at)) known.delete(at);
    },
  };
}
