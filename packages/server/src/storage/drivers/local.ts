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
