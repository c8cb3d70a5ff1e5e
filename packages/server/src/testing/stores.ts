import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { afterEach, describe } from 'node:test';
import type { Clock } from '#/platform/clock.ts';
import type { StorageDriver } from '#/storage/driver.ts';
import { createLocalDriver } from '#/storage/drivers/local.ts';
import { createMemoryDriver, type MemoryStore } from '#/storage/drivers/memory.ts';
import type { ListStored } from '#/testing/invariants.ts';

/** A store that outlives its drivers, as a disk outlives a process. */
export interface TestStore {
  /** A new driver over the same store. */
  connect(): StorageDriver;
  readonly listStored: ListStored;
}

/** Registers the tests of `define` once over a store in memory and once over a local disk. */
export function eachStore(
  title: string,
  define: (open: (clock?: Clock) => Promise<TestStore>) => void,
): void {
  describe(`${title} (memory)`, () => {
    define(async (clock) => {
      const store: MemoryStore = new Map();
      return {
        connect: () => createMemoryDriver(clock === undefined ? { store } : { store, clock }),
        listStored: async () => sortStored([...store.keys()]),
      };
    });
  });
  describe(`${title} (local)`, () => {
    const directories: string[] = [];
    afterEach(async () => {
      await Promise.all(directories.splice(0).map((path) => rm(path, { recursive: true, force: true })));
    });
    define(async () => {
      const storagePath = await mkdtemp(join('/dev/shm', 'wharf-store-'));
      directories.push(storagePath);
      return {
        connect: () => createLocalDriver({ storagePath }),
        listStored: async () => {
          const entries = await readdir(storagePath, { recursive: true, withFileTypes: true });
          const files = entries.filter((entry) => entry.isFile());
          return sortStored(files.map((entry) => relative(storagePath, join(entry.parentPath, entry.name))));
        },
      };
    });
  });
}

function sortStored(paths: readonly string[]): { objects: string[]; uploads: string[] } {
  return {
    objects: paths.filter((path) => /^sha(256|512)\//.test(path)),
    uploads: paths.filter((path) => path.startsWith('uploads/')).map((path) => path.slice('uploads/'.length)),
  };
}
