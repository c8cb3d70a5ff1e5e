import { DomainError } from '#/domain/errors.ts';
import type { Services } from '#/domain/services.ts';
import { dropUploadBytes } from './drop-upload-bytes.ts';
import { notifyObservers, type UploadObserver } from './observe-uploads.ts';
import { deleteLockedUpload, findUpload } from './queries.ts';
import type { UploadRecord } from './upload.ts';
import { busyUpload, type UploadLock, unknownUpload } from './upload-lock.ts';

/**
 * Ends a request's hold on an upload after a failure: the upload stays at its old offset, except that one whose bytes the store has
 * lost is ended.
 */
export async function giveBack(
  services: Services,
  upload: UploadRecord,
  lock: UploadLock,
  error: unknown,
): Promise<void> {
  if (isRefusal(error, 'upload_busy')) {
    await dropLostBytes(services, upload);
    return;
  }
  if (isRefusal(error, 'blob_upload_unknown')) await endUpload(services, upload, lock, undefined);
  else await lock.release();
}

/** Whoever took the upload over goes on with a copy; what this request still wrote belongs to nobody. */
async function dropLostBytes(services: Services, upload: UploadRecord): Promise<void> {
  try {
    const present = await findUpload(services.database.read, upload);
    if (present?.store.id !== upload.store.id) await dropUploadBytes(services, upload);
  } catch (error) {
    services.logger.warn({ err: error }, 'bytes of a lost upload not removed yet');
  }
}

/** Ends an upload that this request holds, with its bytes; errors are only logged, since the clean-up comes later. */
export async function endUpload(
  services: Services,
  upload: UploadRecord,
  lock: UploadLock,
  reason: Parameters<NonNullable<UploadObserver['cancelled']>>[0] | undefined,
): Promise<void> {
  try {
    await services.database.transaction((db) => deleteLockedUpload(db, upload.id, lock.owner));
  } catch (error) {
    services.logger.warn({ err: error }, 'upload not ended yet');
    return;
  }
  if (reason !== undefined) notifyObservers((observer) => observer.cancelled?.(reason));
  await dropUploadBytes(services, upload);
}

export function isRefusal(error: unknown, code: DomainError['code']): boolean {
  return error instanceof DomainError && error.code === code;
}

/** The client went away, or its body was malformed, before the end. */
export function brokenOff(cause: unknown): DomainError {
  return new DomainError(
    'upload_invalid',
    'The body broke off; ask where the upload stands and go on from there.',
    {
      cause,
    },
  );
}

/** What to say when a conditional change of an upload found another state. */
export function lostUpload(present: UploadRecord | undefined): DomainError {
  return present === undefined ? unknownUpload() : busyUpload();
}
