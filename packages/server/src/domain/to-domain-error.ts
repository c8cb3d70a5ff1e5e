import { DatabaseUnavailableError } from '#/db/database.ts';
import { DomainError } from '#/domain/errors.ts';
import { OverloadedError } from '#/platform/password-hasher.ts';
import { StorageError } from '#/storage/driver.ts';

/** Errors of the layers below, as refusals; undefined for what nobody foresaw. */
export function toDomainError(error: unknown): DomainError | undefined {
  if (error instanceof DomainError) return error;
  if (error instanceof DatabaseUnavailableError) {
    return error.readOnly
      ? new DomainError(
          'database_unavailable',
          'The database takes no writes at present; pulls go on. Try again later.',
          {
            cause: error,
            retryAfterSeconds: 30,
          },
        )
      : new DomainError('database_unavailable', 'The database cannot be reached at present. Try again.', {
          cause: error,
          retryAfterSeconds: 5,
        });
  }
  if (error instanceof OverloadedError) {
    return new DomainError('overloaded', 'Too many log-ins at the same time. Try again.', {
      cause: error,
      retryAfterSeconds: 2,
    });
  }
  if (error instanceof StorageError) {
    return error.kind === 'full'
      ? new DomainError('insufficient_storage', 'The registry has no space left for this upload.', {
          cause: error,
        })
      : new DomainError('storage_unavailable', 'The storage cannot be reached at present. Try again.', {
          cause: error,
          retryAfterSeconds: 5,
        });
  }
  return undefined;
}
