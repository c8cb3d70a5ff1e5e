import assert from 'node:assert/strict';
import type { Digest } from '@wharf/oci';
import type { Database } from '#/db/database.ts';
import { findBlob, openBlob } from '#/domain/blobs/index.ts';
import type { DomainSettings, Services } from '#/domain/services.ts';
import { type Clock, manualClock } from '#/platform/clock.ts';
import { createStorage } from '#/storage/create-storage.ts';
import type { StorageDriver } from '#/storage/driver.ts';
import { insertTestRepository } from '#/testing/repositories.ts';
import { createTestServices } from '#/testing/services.ts';
import type { TestStore } from '#/testing/stores.ts';

export interface BlobFixture {
  readonly services: Services;
  readonly clock: ReturnType<typeof manualClock>;
  readonly store: TestStore;
  /** Id of a repository. */
  readonly repositoryId: number;
  /** Another node, or this one after a restart: same database and store, nothing in memory. */
  restart(wrap?: (driver: StorageDriver) => StorageDriver): Services;
}

/** Services over a database and a store, with a clock that starts now and moves when told. */
export async function createBlobFixture(
  database: Database,
  openStore: (clock?: Clock) => Promise<TestStore>,
  options: {
    readonly settings?: Partial<DomainSettings>;
    readonly wrap?: (driver: StorageDriver) => StorageDriver;
  } = {},
): Promise<BlobFixture> {
  const clock = manualClock(Date.now());
  const store = await openStore(clock);
  const connect = (wrap: (driver: StorageDriver) => StorageDriver): Services =>
    createTestServices({
      database,
      clock,
      storage: createStorage([{ name: 'default', driver: wrap(store.connect()) }]),
      settings: options.settings ?? {},
    });
  return {
    services: connect(options.wrap ?? ((driver) => driver)),
    clock,
    store,
    repositoryId: await insertTestRepository(database),
    restart: (wrap = (driver) => driver) => connect(wrap),
  };
}

/** Asserts that the blob is visible in the repository and has exactly these bytes. */
export async function assertBlob(
  services: Services,
  repositoryId: number,
  digest: Digest,
  bytes: Buffer,
): Promise<void> {
  const blob = await findBlob(services.database.read, repositoryId, digest, services.clock.nowMs());
  assert.ok(blob !== undefined, `${digest} is visible`);
  assert.equal(blob.sizeBytes, bytes.length);
  const pieces: Buffer[] = [];
  for await (const piece of await openBlob(services, blob)) pieces.push(piece);
  assert.ok(Buffer.concat(pieces).equals(bytes), `${digest} has its bytes`);
}

/** Asserts that the repository does not see the blob. */
export async function assertNoBlob(services: Services, repositoryId: number, digest: Digest): Promise<void> {
  const blob = await findBlob(services.database.read, repositoryId, digest, services.clock.nowMs());
  assert.equal(blob, undefined);
}
