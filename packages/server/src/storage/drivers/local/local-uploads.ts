import { constants } from 'node:fs';
import { type FileHandle, open, opendir, rename, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { checkUploadId } from '#/storage/check-path.ts';
import { type StorageDriver, StorageError } from '#/storage/driver.ts';
import { uploadPath } from '#/storage/paths.ts';
import { appendChunks } from './append-chunks.ts';
import type { LocalRoot } from './local-root.ts';
import { streamFile } from './stream-file.ts';

type LocalUploads = Pick<
  StorageDriver,
  'startUpload' | 'append' | 'readUpload' | 'completeUpload' | 'cancelUpload' | 'cleanUploads'
>;

/** Running uploads of a local store: one file each, which becomes the object by a rename. */
export function createLocalUploads(root: LocalRoot): LocalUploads {
  function locateUpload(uploadId: string): string {
    checkUploadId(uploadId);
    return root.locate(uploadPath(uploadId));
  }

  /** Opens the upload's file with exactly `sizeBytes` bytes in it: what lies beyond belongs to no committed row. */
  async function openAtSize(file: string, sizeBytes: number): Promise<FileHandle> {
    if (sizeBytes === 0) {
      const flags = constants.O_RDWR | constants.O_CREAT | constants.O_TRUNC;
      return await root.place(file, () => open(file, flags, 0o644));
    }
    const handle = await open(file, 'r+');
    try {
      const { size } = await handle.stat();
      if (size < sizeBytes)
        throw new StorageError('not_found', `the upload holds ${size} of ${sizeBytes} bytes`);
      if (size > sizeBytes) await handle.truncate(sizeBytes);
      return handle;
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  return {
    async startUpload(uploadId) {
      checkUploadId(uploadId);
      return {};
    },
    async append(uploadId, state, offset, source) {
      const file = locateUpload(uploadId);
      return await root.attempt('append to', async () => {
        const handle = await openAtSize(file, offset);
        try {
          const written = await appendChunks(handle, offset, source);
          // The entry of a new file is not synced: should a power cut take it, the upload is unknown and its client starts again.
          await handle.datasync();
          return { ...written, state };
        } catch (error) {
          // Gives the room back at once when the disk is full; the next append would cut it off anyway.
          await handle.truncate(offset).catch(() => undefined);
          throw error;
        } finally {
          await handle.close();
        }
      });
    },
    async readUpload(uploadId, _state, sizeBytes) {
      const file = locateUpload(uploadId);
      if (sizeBytes === 0) return Readable.from([], { objectMode: false });
      return await root.attempt('read', async () => {
        const handle = await open(file, 'r');
        try {
          assertHolds((await handle.stat()).size, sizeBytes);
          return streamFile(handle, 0, sizeBytes);
        } catch (error) {
          await handle.close();
          throw error;
        }
      });
    },
    async completeUpload(uploadId, _state, sizeBytes, path) {
      const file = locateUpload(uploadId);
      const target = root.locate(path);
      await root.attempt('complete', async () => {
        const size = sizeBytes === 0 ? undefined : (await stat(file)).size;
        if (size !== sizeBytes) {
          const handle = await openAtSize(file, sizeBytes);
          try {
            await handle.sync();
          } finally {
            await handle.close();
          }
        }
        await root.place(target, () => rename(file, target));
        // A rename is one change of the file system: with the new entry on disk the old one is gone.
        await root.syncFolders(target);
      });
    },
    async cancelUpload(uploadId) {
      const file = locateUpload(uploadId);
      await root.find('cancel', async () => {
        await unlink(file);
        await root.syncFolders(file);
      });
    },
    async cleanUploads(olderThanMs, isKnown) {
      const folder = root.locate(uploadPath('_')).slice(0, -2);
      const entries = await root.find('clean', () => opendir(folder));
      let removed = 0;
      if (entries === undefined) return { removed };
      for await (const entry of entries) {
        if (!entry.isFile()) continue;
        const file = join(folder, entry.name);
        const found = await root.find('clean', () => stat(file));
        if (found === undefined || found.mtimeMs >= olderThanMs || (await isKnown(entry.name))) continue;
        await root.find('clean', () => unlink(file));
        removed += 1;
      }
      return { removed };
    },
  };
}

function assertHolds(size: number, wanted: number): void {
  if (size < wanted) throw new StorageError('not_found', `the upload holds ${size} of ${wanted} bytes`);
}
