import type { StorageDriver } from '#/storage/driver.ts';

/** A store under test. */
export interface StorageHarness {
  /** A driver on a new, empty store; `reopen` gives another instance on the same store, as after a restart. */
  open(): Promise<{ readonly driver: StorageDriver; reopen(): Promise<StorageDriver> }>;
  readonly hasSignedUrls: boolean;
  /** False only for a store that is memory itself. */
  readonly isBounded: boolean;
  readonly skip?: string | undefined;
}

/** Opens a driver on a new, empty store. */
export type Open = () => Promise<StorageDriver>;
