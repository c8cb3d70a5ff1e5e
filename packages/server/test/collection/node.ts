import type { KyselyPlugin } from 'kysely';
import type { Database } from '#/db/database.ts';
import type { Services } from '#/domain/services.ts';
import type { Clock } from '#/platform/clock.ts';
import { createStorage } from '#/storage/create-storage.ts';
import type { StorageDriver } from '#/storage/driver.ts';
import { createMemoryDriver, type MemoryStore } from '#/storage/drivers/memory.ts';
import { createTestServices } from '#/testing/services.ts';
import type { Schedule } from './schedule.ts';

/** Where a deleter stands right before it removes an object: from here on it has passed its fence. */
export const atRemoval = 'before remove';

const interleaved: ReadonlySet<PropertyKey> = new Set<keyof StorageDriver>([
  'put',
  'readSmall',
  'remove',
  'append',
  'completeUpload',
  'cancelUpload',
]);

/** One node over the shared database and store: each read, each transaction and each call of the store is an interleaving point. */
export function createNode(options: {
  readonly database: Database;
  readonly store: MemoryStore;
  readonly schedule: Schedule;
  readonly clock: Clock;
  readonly temporarySeconds: number;
}): Services {
  const { schedule, clock } = options;
  return createTestServices({
    database: interleaveDatabase(options.database, schedule),
    clock,
    storage: createStorage([
      {
        name: 'store',
        driver: interleaveDriver(createMemoryDriver({ store: options.store, clock }), schedule),
      },
    ]),
    settings: { pushTemporaryTagExpirationSeconds: options.temporarySeconds },
  });
}

function interleaveDatabase(database: Database, schedule: Schedule): Database {
  const afterReads: KyselyPlugin = {
    transformQuery: ({ node }) => node,
    async transformResult({ result }) {
      await schedule.pause('after a read');
      return result;
    },
  };
  return {
    ...database,
    read: database.read.withPlugin(afterReads),
    listing: database.listing.withPlugin(afterReads),
    async transaction(work, options) {
      await schedule.pause('before a transaction');
      const value = await database.transaction(work, options);
      schedule.committed();
      await schedule.pause('after a transaction');
      return value;
    },
  };
}

function interleaveDriver(driver: StorageDriver, schedule: Schedule): StorageDriver {
  return new Proxy(driver, {
    get(target, property) {
      const member: unknown = Reflect.get(target, property);
      if (typeof member !== 'function' || !interleaved.has(property)) return member;
      return async (...input: unknown[]) => {
        await schedule.pause(`before ${String(property)}`);
        const value: unknown = await Reflect.apply(member, target, input);
        await schedule.pause(`after ${String(property)}`);
        return value;
      };
    },
  });
}
