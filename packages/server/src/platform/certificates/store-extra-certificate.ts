import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { extraDirectory } from './extra-certificates.ts';

/** Writes `extra_ca_certs/<name>` so that no reader ever sees half of it. `name` is a plain file name. Throws what the file system says. */
export async function storeExtraCertificate(
  configuration: string,
  name: string,
  bytes: Buffer,
): Promise<void> {
  const directory = join(configuration, extraDirectory);
  await mkdir(directory, { recursive: true });
  const temporary = join(directory, `.${randomUUID()}`);
  try {
    const file = await open(temporary, 'wx', 0o644);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, join(directory, name));
    await syncDirectory(directory);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** False when there is no such file. */
export async function removeExtraCertificate(configuration: string, name: string): Promise<boolean> {
  const directory = join(configuration, extraDirectory);
  try {
    await unlink(join(directory, name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
  await syncDirectory(directory);
  return true;
}

async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
