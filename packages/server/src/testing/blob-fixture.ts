import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Digest } from '@wharf/oci';
import type { Database } from '#/db/database.ts';
import { lookUpBlob, openBlob } from '#/domain/blobs/index.ts';
import type { DomainSettings, Services } from '#/domain/services.ts';
import { type Clock, manualClock } from '#/platform/clock.ts';
import { createStorage } from '#/storage/create-storage.ts';
import type { StorageDriver } from '#/storage/driver.ts';
import { insertTestRepository } from '#/testing/repositories.ts';
import { createTestServices } from '#/testing/services.ts';
import type { TestStore } from '#/testing/stores.ts';

/** What stands between the services and the real driver or database. */
export interface Wrapping {
  readonly driver?: (driver: StorageDriver) => StorageDriver;
  readonly database?: (database: Database) => Database;
}

export interface BlobFixture {
  readonly services: Services;
  readonly clock: ReturnType<typeof manualClock>;
  readonly store: TestStore;
  /** Id of a repository. */
  readonly repositoryId: number;
  /** Another node, or this one after a restart: same database and store, nothing in memory. */
  restart(wrap?: Wrapping): Services;
}

/** Services over a database, which tests may share, and a store of their own, with a clock that starts now and moves when told. */
export async function createBlobFixture(
  database: Database,
  openStore: (clock?: Clock) => Promise<TestStore>,
  options: { readonly settings?: Partial<DomainSettings> } = {},
): Promise<BlobFixture> {
  const clock = manualClock(Date.now());
  const store = await openStore(clock);
  const locationName = `store-${randomUUID()}`;
  const restart = (wrap: Wrapping = {}): Services => {
    const driver = store.connect();
    return createTestServices({
      database: wrap.database?.(database) ?? database,
      clock,
      storage: createStorage([{ name: locationName, driver: wrap.driver?.(driver) ?? driver }]),
      settings: options.settings ?? {},
    });
  };
  return { services: restart(), clock, store, repositoryId: await insertTestRepository(database), restart };
}

/** Asserts that the blob is visible in the repository and has exactly these bytes. */
export async function assertBlob(
  services: Services,
  repositoryId: number,
  digest: Digest,
  bytes: Buffer,
): Promise<void> {
  const blob = await lookUpBlob(services, { repositoryId, digest });
  assert.ok(blob !== undefined, `${digest} is visible`);
  assert.equal(blob.sizeBytes, bytes.length);
  const pieces: Buffer[] = [];
  for await (const piece of await openBlob(services, blob)) pieces.push(piece);
  assert.ok(Buffer.concat(pieces).equals(bytes), `${digest} has its bytes`);
}

/** Asserts that the repository does not see the blob. */
export async function assertNoBlob(services: Services, repositoryId: number, digest: Digest): Promise<void> {
  const blob = await lookUpBlob(services, { repositoryId, digest });
  assert.equal(blob, undefined);
}
