import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

const temporaryMark = '.wharf-new-';
const leftoverPattern = /^\..*\.wharf-new-([0-9]{1,9})-/;

/** Replaces a file whole or not at all, durably; readable by its owner only. Directories are made as needed, with mode 0700. */
export async function replaceFile(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = join(dirname(path), `.${basename(path)}${temporaryMark}${process.pid}-${randomUUID()}`);
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    await syncDirectory(dirname(path));
  } finally {
    await rm(temporary, { force: true });
  }
}

/** The process that was replacing a file when it left one of this name; undefined for every other name. */
export function findLeftoverWriter(name: string): number | undefined {
  const writer = leftoverPattern.exec(name)?.[1];
  return writer === undefined ? undefined : Number(writer);
}

/** Makes renames and removals in a directory durable. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
