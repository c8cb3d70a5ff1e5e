import { StorageError } from '#/storage/driver.ts';
import type { Storage, StorageLocation } from '#/storage/storage.ts';

/** All locations in order of preference, the first of which takes the writes; at least one, names unique. */
export function createStorage(locations: readonly StorageLocation[]): Storage {
  const [preferred] = locations;
  if (preferred === undefined) {
    throw new StorageError(
      'invalid',
      'no storage location is configured; name one in DISTRIBUTED_STORAGE_CONFIG',
    );
  }
  const byName = new Map<string, StorageLocation>();
  for (const location of locations) {
    if (byName.has(location.name)) {
      throw new StorageError('invalid', `storage location "${location.name}" is configured twice`);
    }
    byName.set(location.name, location);
  }

  return {
    locations: [...locations],
    preferred,
    get(name) {
      const location = byName.get(name);
      if (location === undefined) {
        throw new StorageError('unavailable', `storage location "${name}" is no longer configured`);
      }
      return location;
    },
    choose(holders) {
      const held = new Set(holders);
      return locations.find((location) => held.has(location.name));
    },
    async close() {
      const results = await Promise.allSettled(locations.map((location) => location.driver.close()));
      const failed = results.find((result) => result.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
    },
  };
}
