import type { Digest } from '@wharf/oci';
import type { Services } from '#/domain/services.ts';
import { reservationLeaseMs, reservationRenewalMs } from './leases.ts';
import { extendReservation } from './queries/blob-deletions.ts';
import { extendBlobLease, isPlaced } from './queries/blob-rows.ts';

/** Runs `work` and meanwhile prolongs a push's reservation; returns the instant until which it holds. */
export async function renewWhile(
  services: Services,
  reservation: {
    readonly blobId: number;
    readonly digest: Digest;
    readonly locationId: number;
    readonly leaseExpiresMs: number;
  },
  work: () => Promise<void>,
): Promise<number> {
  const { database, clock, logger } = services;
  let { leaseExpiresMs } = reservation;
  let renewal: Promise<void> = Promise.resolve();

  async function renew(): Promise<void> {
    const nowMs = clock.nowMs();
    const untilMs = nowMs + reservationLeaseMs;
    // A lease that has run out stays lost: a deleter may have been there.
    if (nowMs >= leaseExpiresMs) return;
    const renewed = await database.transaction(async (db) => {
      await extendBlobLease(db, reservation.blobId, untilMs);
      // Another push of the digest may have placed the object, which ends the reservation: then the blob's lease alone counts.
      const reserved = await extendReservation(db, { ...reservation, nowMs, untilMs });
      return reserved || (await isPlaced(db, reservation.blobId, reservation.locationId));
    });
    if (renewed) leaseExpiresMs = untilMs;
  }

  const timer = setInterval(() => {
    renewal = renewal.then(renew).catch((error: unknown) => {
      logger.warn({ err: error, digest: reservation.digest }, 'reservation not renewed');
    });
  }, reservationRenewalMs);
  timer.unref();
  try {
    await work();
  } finally {
    clearInterval(timer);
    await renewal;
  }
  return leaseExpiresMs;
}
