import { randomUUID } from 'node:crypto';
import { type FileHandle, open, readFile, rename, stat, unlink } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { clipRange } from '#/storage/clip-range.ts';
import { type StorageDriver, StorageError } from '#/storage/driver.ts';
import { uploadPath, verifyPath } from '#/storage/paths.ts';
import { appendChunks } from './append-chunks.ts';
import type { LocalRoot } from './local-root.ts';
import { streamFile } from './stream-file.ts';

type LocalObjects = Pick<StorageDriver, 'put' | 'read' | 'readSmall' | 'stat' | 'remove' | 'check'> &
  Required<Pick<StorageDriver, 'openFile'>>;

/** Whole objects of a local store: one file each, written under a temporary name and renamed. */
export function createLocalObjects(root: LocalRoot): LocalObjects {
  const objects: LocalObjects = {
    async put(path, source) {
      const file = root.locate(path);
      // No upload id holds a dot, so `cleanUploads` collects what a crash leaves of this file.
      const temporary = root.locate(uploadPath(`${randomUUID()}.put`));
      try {
        const written = await root.attempt('write', () => writeTemporary(root, temporary, source));
        if (written.sourceError !== undefined) throw written.sourceError;
        await root.attempt('write', () => root.place(file, () => rename(temporary, file)));
        await root.attempt('write', () => root.syncFolders(file));
        return { sizeBytes: written.writtenBytes };
      } catch (error) {
        await unlink(temporary).catch(() => undefined);
        throw error;
      }
    },
    async read(path, range) {
      const handle = await objects.openFile(path);
      try {
        const { size } = await root.attempt('read', () => handle.stat());
        const { start, length } = clipRange(range, size);
        return streamFile(handle, start, length);
      } catch (error) {
        await handle.close();
        throw error;
      }
    },
    async openFile(path) {
      const file = root.locate(path);
      return await root.attempt('read', () => open(file, 'r'));
    },
    async readSmall(path) {
      const file = root.locate(path);
      return await root.attempt('read', () => readFile(file));
    },
    async stat(path) {
      const file = root.locate(path);
      const found = await root.find('look up', () => stat(file));
      return found?.isFile() === true ? { sizeBytes: found.size } : undefined;
    },
    async remove(path) {
      const file = root.locate(path);
      await root.find('remove', async () => {
        await unlink(file);
        await root.syncFolders(file);
      });
    },
    async check() {
      const written = Buffer.from(`written by the self-test at ${new Date().toISOString()}\n`);
      await objects.put(verifyPath, written);
      const found = await objects.readSmall(verifyPath);
      // Another node may have written its own text in between: the form is what counts.
      if (found.length !== written.length) {
        throw new StorageError('unavailable', 'the local store did not return what was written to it');
      }
    },
  };
  return objects;
}

async function writeTemporary(
  root: LocalRoot,
  temporary: string,
  source: Readable | Buffer,
): ReturnType<typeof appendChunks> {
  const handle: FileHandle = await root.place(temporary, () => open(temporary, 'wx'));
  try {
    const written = await appendChunks(handle, 0, Buffer.isBuffer(source) ? wholeBuffer(source) : source);
    if (written.sourceError === undefined) await handle.sync();
    return written;
  } finally {
    await handle.close();
  }
}

async function* wholeBuffer(buffer: Buffer): AsyncGenerator<Buffer> {
  yield buffer;
}
