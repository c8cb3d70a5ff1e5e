import { StorageError } from '#/storage/driver.ts';

const fullNames = new Set([
  'QuotaExceeded',
  'InsufficientStorage',
  'EntityTooLarge',
  'XMinioStorageFull',
  'InsufficientCapacity',
]);
const absentNames = new Set(['NoSuchKey', 'NotFound', 'NoSuchUpload']);

/** The store's own name for what went wrong (`NoSuchKey`), or the system's (`ECONNREFUSED`). */
export function s3ErrorName(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return error.name;
}

/** HTTP status of the store's answer, or undefined when there was none. */
export function s3ErrorStatus(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('$metadata' in error)) return undefined;
  const metadata = error.$metadata;
  if (typeof metadata !== 'object' || metadata === null || !('httpStatusCode' in metadata)) return undefined;
  return typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : undefined;
}

/** A failed request as StorageError; the message holds neither keys nor addresses. */
export function mapS3Error(error: unknown, action: string): StorageError {
  if (error instanceof StorageError) return error;
  const name = s3ErrorName(error);
  const status = s3ErrorStatus(error);
  const said = status === undefined ? name : `${status} ${name}`;
  if (absentNames.has(name))
    return new StorageError('not_found', `nothing to ${action}: it does not exist`, error);
  if (fullNames.has(name) || status === 507) {
    return new StorageError('full', `the object store is full (${action}: ${said})`, error);
  }
  if (name === 'InvalidRange') {
    return new StorageError('invalid', `the object has none of the requested bytes (${action})`, error);
  }
  return new StorageError('unavailable', `the object store failed (${action}: ${said})`, error);
}

/** As `mapS3Error` for a request that asked for encryption, with the way out if the store has none. */
export function mapWriteError(
  error: unknown,
  action: string,
  store: { readonly options: { readonly serverSideEncryption: string } },
): StorageError {
  const isEncrypted = store.options.serverSideEncryption !== 'none';
  const status = s3ErrorStatus(error);
  const names = ['NotImplemented', 'InvalidRequest', 'InvalidArgument', 'InvalidEncryptionAlgorithmError'];
  if (isEncrypted && (status === 501 || names.includes(s3ErrorName(error)))) {
    return new StorageError(
      'unavailable',
      `the object store refused a write (${s3ErrorName(error)}); if it has no server-side encryption, set server_side_encryption: none for this location`,
      error,
    );
  }
  return mapS3Error(error, action);
}
