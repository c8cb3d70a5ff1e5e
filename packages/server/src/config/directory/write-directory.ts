import { randomUUID } from 'node:crypto';
import { access, constants, open, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { configurationFileName } from '#/config/find-directory.ts';
import type { ConfigurationContent } from '#/domain/configuration/index.ts';
import { findLeftoverWriter, replaceFile, syncDirectory } from '#/platform/replace-file.ts';

/** Deletes a file if it is there, durably. */
async function removeFile(path: string): Promise<void> {
  await rm(path, { force: true });
  await syncDirectory(dirname(path)).catch(() => {});
}

/** Why nothing can be written into the directory, or undefined. */
export async function findWriteFault(directory: string): Promise<string | undefined> {
  try {
    await access(directory, constants.W_OK);
    // Only writing tells of a read-only mount where everything is allowed to root.
    const path = join(directory, `.wharf-probe-${randomUUID()}`);
    const file = await open(path, 'wx', 0o600);
    await file.close();
    await rm(path, { force: true });
    return undefined;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    return `${directory} cannot be written (${code})`;
  }
}

/**
 * Brings a directory from one content to another. Only files that differ between the two are touched; `config.yaml` comes after the files that it
 * may name and before the removal of those that it does not name any more, so that a directory is usable after every step.
 */
export async function writeDirectory(
  directory: string,
  options: {
    readonly source: string;
    readonly from: ConfigurationContent['files'];
    readonly to: ConfigurationContent['files'];
  },
): Promise<void> {
  const { from, to } = options;
  await removeLeftovers(directory);
  await removeLeftovers(join(directory, 'extra_ca_certs'));
  for (const [path, content] of Object.entries(to)) {
    if (from[path] !== content) await replaceFile(join(directory, path), Buffer.from(content, 'base64'));
  }
  await replaceFile(join(directory, configurationFileName), options.source);
  for (const path of Object.keys(from)) {
    if (!Object.hasOwn(to, path)) await removeFile(join(directory, path));
  }
}

/** What a process left that was killed while it wrote; others may be writing the same now. */
async function removeLeftovers(directory: string): Promise<void> {
  const names = await readdir(directory).catch(() => []);
  for (const name of names) {
    const writer = findLeftoverWriter(name);
    if (writer !== undefined && !isRunning(writer)) await rm(join(directory, name), { force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
