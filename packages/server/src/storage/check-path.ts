import { StorageError } from '#/storage/driver.ts';

const uploadIdPattern = /^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/;
/** Printable ASCII but the separators and quotes that mean something to some file system or URL. */
const segmentPattern = /^[A-Za-z0-9 !$&'()+,.;=@_~-]{1,255}$/;

/** Throws StorageError `invalid` unless the id is safe as a single file name and object key. */
export function checkUploadId(uploadId: string): void {
  if (!uploadIdPattern.test(uploadId)) throw new StorageError('invalid', 'the upload id is malformed');
}

/** Throws StorageError `invalid` unless the path is relative, normal, and stays below the root of its store. */
export function checkObjectPath(path: string): void {
  if (path.length > 1024) throw new StorageError('invalid', 'the storage path is too long');
  for (const segment of path.split('/')) {
    if (segment === '.' || segment === '..' || !segmentPattern.test(segment)) {
      throw new StorageError('invalid', 'the storage path is malformed');
    }
  }
}
