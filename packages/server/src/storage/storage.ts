import type { StorageDriver } from '#/storage/driver.ts';

export interface StorageLocation {
  /** Key in `DISTRIBUTED_STORAGE_CONFIG`. */
  readonly name: string;
  readonly driver: StorageDriver;
}

/** All configured locations in order of preference; the first one takes the writes. */
export interface Storage {
  readonly locations: readonly StorageLocation[];
  readonly preferred: StorageLocation;
  /** The location of that name; throws StorageError `unavailable` when it is no longer configured. */
  get(name: string): StorageLocation;
  /** The first preferred location among those that hold an object, or undefined. */
  choose(holders: readonly string[]): StorageLocation | undefined;
  close(): Promise<void>;
}
