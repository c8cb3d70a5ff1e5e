import { toDomainError } from '#/domain/to-domain-error.ts';
import { StorageError } from '#/storage/driver.ts';

/** What a failure of the store means to a client: 507 or 503; other errors pass unchanged. */
export function storageFailure(error: unknown): unknown {
  if (!(error instanceof StorageError)) return error;
  return toDomainError(error) ?? error;
}

/** Runs one call to a driver; its StorageError becomes the DomainError of `storageFailure`. */
export async function fromStore<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw storageFailure(error);
  }
}
