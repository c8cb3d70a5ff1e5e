import { createMemoryDriver, type MemoryStore } from '#/storage/drivers/memory.ts';
import { storageConformance } from '#/testing/storage-conformance.ts';

storageConformance('memory', {
  hasSignedUrls: false,
  isBounded: false,
  async open() {
    const store: MemoryStore = new Map();
    return { driver: createMemoryDriver({ store }), reopen: async () => createMemoryDriver({ store }) };
  },
});
