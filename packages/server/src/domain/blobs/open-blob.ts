import type { FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { DomainError } from '#/domain/errors.ts';
import type { Services } from '#/domain/services.ts';
import { type ByteRange, type StorageDriver, StorageError } from '#/storage/driver.ts';
import { type Blob, objectPathOf } from './blob.ts';
import { storageFailure } from './storage-failure.ts';

/**
 * Streams a blob, or bytes `start` to `end` of it, from the first preferred location that has it. Throws DomainError
 * `blob_unknown` when it is gone (collected since it was found), `storage_unavailable`.
 */
export async function openBlob(services: Services, blob: Blob, range?: ByteRange): Promise<Readable> {
  return await fromHolder(services, blob, (driver, path) => driver.read(path, range));
}

/** A file for positional reads, where the blob lies on a local disk; the caller closes it. Throws as openBlob. */
export async function openBlobFile(services: Services, blob: Blob): Promise<FileHandle | undefined> {
  return await fromHolder(services, blob, async (driver, path) => await driver.openFile?.(path));
}

/** Path below the root of a local store that holds the blob, for a proxy that reads that store itself; undefined for other stores. Throws as openBlob. */
export async function findBlobFilePath(services: Services, blob: Blob): Promise<string | undefined> {
  return await fromHolder(services, blob, async (driver, path) => {
    if (driver.openFile === undefined) return undefined;
    if ((await driver.stat(path)) === undefined) throw new StorageError('not_found', `no object at ${path}`);
    return path;
  });
}

/** The whole blob in memory; for those of which `sizeBytes` is known to be small. Throws as openBlob. */
export async function readBlob(services: Services, blob: Blob): Promise<Buffer> {
  return await fromHolder(services, blob, (driver, path) => driver.readSmall(path));
}

/** A URL from which anyone gets the blob for that long, or undefined where the store has none. Throws as openBlob. */
export async function signedBlobUrl(
  services: Services,
  blob: Blob,
  options: { readonly expiresInSeconds: number; readonly method: 'GET' | 'HEAD' },
): Promise<string | undefined> {
  return await fromHolder(services, blob, (driver, path) => driver.signedUrl(path, options));
}

async function fromHolder<T>(
  { storage, logger }: Services,
  blob: Blob,
  read: (driver: StorageDriver, path: string) => Promise<T>,
): Promise<T> {
  let holders = blob.locations;
  for (;;) {
    const location = storage.choose(holders);
    if (location === undefined) break;
    try {
      return await read(location.driver, objectPathOf(blob));
    } catch (error) {
      if (!(error instanceof StorageError) || error.kind !== 'not_found') throw storageFailure(error);
      logger.error(
        { digest: blob.digest, location: location.name },
        'a location lacks an object that it should hold',
      );
      holders = holders.filter((name) => name !== location.name);
    }
  }
  if (holders.length === blob.locations.length || holders.length > 0) {
    throw new DomainError('storage_unavailable', 'No storage location that holds this blob is configured.');
  }
  throw new DomainError('blob_unknown', 'This blob is no longer in the registry.', {
    detail: { digest: blob.digest },
  });
}
