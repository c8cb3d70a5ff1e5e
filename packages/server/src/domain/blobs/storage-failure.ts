import { DomainError } from '#/domain/errors.ts';
import { StorageError } from '#/storage/driver.ts';

/** What a failure of the store means to a client: 507 or 503; other errors pass unchanged. */
export function storageFailure(error: unknown): unknown {
  if (!(error instanceof StorageError)) return error;
  if (error.kind === 'full') {
    return new DomainError('insufficient_storage', 'The storage of this registry is full.', { cause: error });
  }
  return new DomainError(
    'storage_unavailable',
    'The storage of this registry cannot be reached; try again.',
    {
      cause: error,
      retryAfterSeconds: 5,
    },
  );
}

/** Runs one call to a driver; its StorageError becomes the DomainError of `storageFailure`. */
export async function fromStore<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw storageFailure(error);
  }
}
