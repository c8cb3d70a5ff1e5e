import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { createLocalDriver } from '#/storage/drivers/local.ts';
import { scratchDirectory } from '#/testing/scratch-directory.ts';
import { storageConformance } from '#/testing/storage-conformance.ts';

const directory = scratchDirectory();

storageConformance('local', {
  hasSignedUrls: false,
  isBounded: true,
  async open() {
    const storagePath = join(directory, randomUUID());
    return {
      driver: createLocalDriver({ storagePath }),
      reopen: async () => createLocalDriver({ storagePath }),
    };
  },
});
