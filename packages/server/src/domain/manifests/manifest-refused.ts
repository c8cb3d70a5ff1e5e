import { OciParseError } from '@wharf/oci';
import { DomainError } from '#/domain/errors.ts';

/** Runs a parser of `@wharf/oci`; what it refuses becomes `manifest_invalid` or `manifest_type_unsupported`. */
export function refusing<Result>(parse: () => Result): Result {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof OciParseError)) throw error;
    const code =
      error.reason === 'manifest_type_unsupported' ? 'manifest_type_unsupported' : 'manifest_invalid';
    throw new DomainError(code, error.message);
  }
}

/** `manifest_blob_unknown`, naming the digest: the client has to upload or mount the blob first. */
export function blobMissing(digest: string): DomainError {
  return new DomainError(
    'manifest_blob_unknown',
    `The manifest names the blob ${digest}, which is not in this repository. Push the blob first.`,
    { detail: { digest } },
  );
}

/** `manifest_invalid`, naming the child: it has to be pushed before the index that lists it. */
export function childMissing(digest: string): DomainError {
  return new DomainError(
    'manifest_invalid',
    `The index lists ${digest}, which is not in this repository. Push that manifest first.`,
    { detail: { digest } },
  );
}

export function sizeWrong(digest: string, statedBytes: number, storedBytes: number): DomainError {
  return new DomainError(
    'manifest_invalid',
    `${digest} has ${storedBytes} bytes here, but the manifest states ${statedBytes}.`,
    { detail: { digest } },
  );
}
