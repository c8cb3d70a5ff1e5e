import type { Digest } from '@wharf/oci';
import type { Db } from '#/db/database.ts';
import { asNameUnknown } from '#/domain/repositories/index.ts';
import type { Services } from '#/domain/services.ts';
import { blobPath } from '#/storage/paths.ts';
import type { StorageLocation } from '#/storage/storage.ts';
import { commitBlob } from './commit-blob.ts';
import { deletionWaitMs, reservationLeaseMs, reservationMarginMs } from './leases.ts';
import { getLocationId } from './location-id.ts';
import { linkBlob } from './queries/blob-links.ts';
import { renewWhile } from './renew-while.ts';
import { reserveBlob } from './reserve-blob.ts';
import { busyRemoving, waitForRemoval } from './wait-for-removal.ts';

export interface StoreBlobInput {
  readonly digest: Digest;
  readonly sizeBytes: number;
  readonly location: StorageLocation;
  /** Where the blob becomes visible, if anywhere. */
  readonly repositoryId: number | undefined;
  /** Puts exactly the bytes of the digest at that path, replacing what may be there. */
  readonly place: (path: string) => Promise<void>;
  /** More SQL for the transaction that links the blob, such as the end of an upload; may run again. */
  readonly alongside?: (db: Db) => Promise<void>;
}

export interface StoredBlob {
  readonly blobId: number;
  /** False when the store held the object already and `place` was not called. */
  readonly placed: boolean;
}

/** A push that lost its reservation this often is told to come back. */
const mostRounds = 20;

/**
 * Reserve, place, commit: makes bytes a blob that is visible in a repository for `PUSH_TEMP_TAG_EXPIRATION_SEC`. When it
 * returns, bytes and rows are durable. Safe against other pushes of the digest, deleters and collection on any node.
 * Throws DomainError `insufficient_storage`, `storage_unavailable`, `name_unknown`, and what `place` and `alongside` throw.
 */
export async function storeBlob(services: Services, input: StoreBlobInput): Promise<StoredBlob> {
  const { repositoryId } = input;
  if (repositoryId === undefined) return await store(services, input);
  return await asNameUnknown(services, repositoryId, () => store(services, input));
}

async function store(services: Services, input: StoreBlobInput): Promise<StoredBlob> {
  const { database, clock, settings } = services;
  const { digest, sizeBytes, location, repositoryId } = input;
  const locationId = await getLocationId(services, location.name);
  const giveUpAtMs = performance.now() + deletionWaitMs;
  const link = async (db: Db, blobId: number): Promise<void> => {
    if (repositoryId !== undefined) {
      const expiresMs = clock.nowMs() + settings.pushTemporaryTagExpirationSeconds * 1000;
      await linkBlob(db, { repositoryId, blobId, expiresMs });
    }
    await input.alongside?.(db);
  };

  for (let round = 0; round < mostRounds; round += 1) {
    const nowMs = clock.nowMs();
    let leaseExpiresMs = nowMs + reservationLeaseMs;
    const reservation = await database.transaction(async (db) => {
      const found = await reserveBlob(db, { digest, sizeBytes, locationId, nowMs, leaseExpiresMs });
      if (found.outcome === 'placed') await link(db, found.blobId);
      return found;
    });
    if (reservation.outcome === 'deleting') {
      await waitForRemoval(services, reservation.deletion, giveUpAtMs);
      continue;
    }
    const { blobId } = reservation;
    if (reservation.outcome === 'placed') return { blobId, placed: false };

    // The fence: a node that slept since the reservation must not touch the store.
    if (clock.nowMs() > leaseExpiresMs - reservationMarginMs) continue;
    leaseExpiresMs = await renewWhile(services, { blobId, digest, locationId, leaseExpiresMs }, () =>
      input.place(blobPath(digest)),
    );
    const committed = await database.transaction(async (db) => {
      if (clock.nowMs() > leaseExpiresMs - reservationMarginMs) return false;
      if (!(await commitBlob(db, { blobId, digest, locationId }))) return false;
      await link(db, blobId);
      return true;
    });
    if (committed) return { blobId, placed: true };
    // Too slow: a deleter may have taken the object. A new reservation covers whatever is there now.
  }
  throw busyRemoving();
}
