import { closeSync, fsyncSync, mkdirSync, openSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { checkObjectPath } from '#/storage/check-path.ts';
import { StorageError } from '#/storage/driver.ts';
import { createDurableDirectories } from './durable-directories.ts';
import { isMissing, mapLocalError } from './map-local-error.ts';

/** The folder that a local store lives in. Every failure comes out as StorageError. */
export interface LocalRoot {
  /** Absolute place of a relative path; throws `invalid` unless it lies below the root. */
  locate(path: string): string;
  /** Runs a piece of work; what is missing becomes `not_found`, or `unavailable` when the root itself is gone. */
  attempt<Result>(action: string, work: () => Promise<Result>): Promise<Result>;
  /** As `attempt`, but what is missing becomes undefined. */
  find<Result>(action: string, work: () => Promise<Result>): Promise<Result | undefined>;
  /** Runs `work`, which makes the entry `file`, and makes the folder when it is missing; `syncFolders` must follow. */
  place<Result>(file: string, work: () => Promise<Result>): Promise<Result>;
  /** Puts the entries of files on disk: their folders, and what leads to those. */
  syncFolders(...files: readonly string[]): Promise<void>;
}

/**
 * Makes the root if it is absent, once: a root that vanishes later (an unmounted volume) is a failure and not an empty store.
 */
export function openLocalRoot(storagePath: string): LocalRoot {
  const root = resolve(storagePath);
  try {
    makeRoot(root);
  } catch (error) {
    throw mapLocalError(error, 'make the storage folder');
  }
  const directories = createDurableDirectories(root);

  async function isRootThere(): Promise<boolean> {
    return await stat(root).then(
      (found) => found.isDirectory(),
      () => false,
    );
  }

  const attempt: LocalRoot['attempt'] = async (action, work) => {
    try {
      return await work();
    } catch (error) {
      if (!isMissing(error)) throw mapLocalError(error, action);
      if (await isRootThere())
        throw new StorageError('not_found', `nothing to ${action}: it does not exist`, error);
      throw new StorageError('unavailable', 'the storage folder is gone; is the volume mounted?', error);
    }
  };

  return {
    attempt,
    async find(action, work) {
      try {
        return await attempt(action, work);
      } catch (error) {
        if (error instanceof StorageError && error.kind === 'not_found') return undefined;
        throw error;
      }
    },
    locate(path) {
      checkObjectPath(path);
      const file = join(root, path);
      if (!file.startsWith(root.endsWith(sep) ? root : root + sep)) {
        throw new StorageError('invalid', 'the storage path leaves its store');
      }
      return file;
    },
    async place(file, work) {
      try {
        return await work();
      } catch (error) {
        if (!isMissing(error)) throw error;
        await directories.make(dirname(file));
        return await work();
      }
    },
    async syncFolders(...files) {
      await Promise.all([...new Set(files.map(dirname))].map(directories.sync));
    },
  };
}

/** What the first blob is stored in must survive a power cut as the blob does. */
function makeRoot(root: string): void {
  const firstMade = mkdirSync(root, { recursive: true });
  if (firstMade === undefined) return;
  for (let at = root; at.length >= firstMade.length; at = dirname(at)) {
    const parent = openSync(dirname(at), 'r');
    try {
      fsyncSync(parent);
    } finally {
      closeSync(parent);
    }
  }
}
