import { randomUUID } from 'node:crypto';
import { link, mkdir, open, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncDirectory } from '#/platform/replace-file.ts';

/**
 * Makes a private file (mode 0600) that appears whole or not at all and is never replaced: of several processes that start together one
 * wins, and all get the winner's content. Directories are made as needed, with mode 0700.
 */
export async function writeOnce(
  path: string,
  content: string,
): Promise<{ content: string; created: boolean }> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${randomUUID()}`;
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    // A link, unlike a rename, fails when the name is taken.
    await link(temporary, path);
    await syncDirectory(dirname(path));
    return { content, created: true };
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    return { content: await readFile(path, 'utf8'), created: false };
  } finally {
    await rm(temporary, { force: true });
  }
}
