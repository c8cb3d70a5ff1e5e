import { randomUUID } from 'node:crypto';
import { DatabaseUnavailableError } from '#/db/database.ts';
import { DomainError } from '#/domain/errors.ts';
import type { Services } from '#/domain/services.ts';
import { findUploadForUpdate, releaseLock, renewLock, setLock, type UploadKey } from './queries.ts';
import type { UploadRecord } from './upload.ts';

/** How long a request holds an upload without a byte arriving. */
const lockMs = 30_000;
/** With less left than this a lock that cannot be renewed counts as lost. */
const lockMarginMs = 5_000;

/** A request holds the upload: nobody else may write to it. */
export interface UploadLock {
  readonly id: number;
  readonly owner: string;
  /** Prolongs the lock if it is due; throws `upload_busy` when somebody else took it. */
  keep(): Promise<void>;
  /** Gives the upload back after a failure; errors are only logged, since the lock runs out by itself. */
  release(): Promise<void>;
  /** Ends the renewal; every holder calls it in the end. */
  stop(): void;
}

/**
 * Takes the upload for one request, after `check` accepted its state. `abandoned` tells that a writer before left its lock to run
 * out, so that it might still be writing. Throws `blob_upload_unknown`, `upload_busy` and what `check` throws.
 */
export async function lockUpload(
  services: Services,
  key: UploadKey,
  check: (upload: UploadRecord) => void,
): Promise<{ readonly upload: UploadRecord; readonly lock: UploadLock; readonly abandoned: boolean }> {
  const { database, clock, nodeId } = services;
  const owner = `${nodeId}:${randomUUID()}`;
  const taken = await database.transaction(
    async (db) => {
      const upload = await findUploadForUpdate(db, key);
      if (upload === undefined) throw unknownUpload();
      const nowMs = clock.nowMs();
      if (upload.lockOwner !== undefined && upload.lockExpiresMs > nowMs) throw busyUpload();
      check(upload);
      const expiresMs = nowMs + lockMs;
      await setLock(db, { id: upload.id, owner, expiresMs });
      return { upload, expiresMs };
    },
    // A lock that a power failure forgets has lost its holder too.
    { durability: 'relaxed' },
  );
  const lock = holdLock(services, taken.upload.id, owner, taken.expiresMs);
  return { upload: taken.upload, lock, abandoned: taken.upload.lockOwner !== undefined };
}

function holdLock(services: Services, id: number, owner: string, firstExpiresMs: number): UploadLock {
  const { database, clock, logger } = services;
  let expiresMs = firstExpiresMs;
  async function keep(): Promise<void> {
    const nowMs = clock.nowMs();
    if (expiresMs - nowMs > (lockMs * 2) / 3) return;
    const until = nowMs + lockMs;
    let renewed: boolean;
    try {
      renewed = await database.transaction((db) => renewLock(db, { id, owner, expiresMs: until }), {
        durability: 'relaxed',
      });
    } catch (error) {
      // A short outage of the database must not cost the body that is arriving: the lock still holds for a while.
      if (error instanceof DatabaseUnavailableError && expiresMs - clock.nowMs() > lockMarginMs) return;
      throw error;
    }
    if (!renewed) throw busyUpload();
    expiresMs = until;
  }
  // While the store works (a large object is assembled) or the client is slow, no piece passes that would renew the lock.
  const timer = setInterval(() => {
    keep().catch((error: unknown) => logger.warn({ err: error }, 'lock of an upload not renewed'));
  }, lockMs / 3);
  timer.unref();
  return {
    id,
    owner,
    keep,
    stop: () => clearInterval(timer),
    async release() {
      try {
        await database.transaction((db) => releaseLock(db, id, owner), { durability: 'relaxed' });
      } catch (error) {
        logger.warn({ err: error }, 'upload not released; its lock runs out by itself');
      }
    },
  };
}

export function unknownUpload(): DomainError {
  return new DomainError(
    'blob_upload_unknown',
    'There is no such upload in this repository; start a new one.',
  );
}

export function busyUpload(): DomainError {
  return new DomainError('upload_busy', 'Another request is writing to this upload; wait for it to end.', {
    retryAfterSeconds: 1,
  });
}
