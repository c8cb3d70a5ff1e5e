import { DomainError } from '#/domain/errors.ts';

/**
 * `manifest_unverified`: the signature block of a schema 1 manifest is malformed or does not fit the content.
 */
export function unverified(reason: string, cause?: unknown): DomainError {
  return new DomainError('manifest_unverified', `The signature of the manifest is not valid: ${reason}`, {
    cause,
  });
}
