import { z } from 'zod';
import { defineStorageDriver } from '#/storage/define-driver.ts';
import type { StorageDriver } from '#/storage/driver.ts';
import { createLocalObjects } from './local/local-objects.ts';
import { openLocalRoot } from './local/local-root.ts';
import { createLocalUploads } from './local/local-uploads.ts';

/** Keeps objects as files below `storagePath`, which is made if absent. */
export function createLocalDriver(parameters: { readonly storagePath: string }): StorageDriver {
  const root = openLocalRoot(parameters.storagePath);
  return {
    ...createLocalObjects(root),
    ...createLocalUploads(root),
    async signedUrl() {
      return undefined;
    },
    async close() {},
  };
}

/** `LocalStorage`: a folder of this machine, or of a volume that all nodes mount. */
export const localStorage = defineStorageDriver({
  name: 'LocalStorage',
  config: z.object({ storage_path: z.string() }),
  async create(parameters) {
    return createLocalDriver({ storagePath: parameters.storage_path });
  },
});
