import { access, constants, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Configuration } from '#/config/configuration.ts';
import { openStorage } from '#/storage/open-storage.ts';
import { defineValidator, type ValidationContext } from './define-validator.ts';
import { describeStorageFault } from './describe-storage-fault.ts';

type Location = Configuration['storage']['locations'][number];

/** Every location: a self-test, then what browsers need of it. Parameters, and replication of local directories, are checked when the keys are read. */
export const registryStorageValidator = defineValidator({
  service: 'registry-storage',
  timeLimitMs: 60_000,
  runsWhen: () => true,
  async check(context) {
    for (const location of context.configuration.storage.locations) {
      const reason = await checkLocation(location, context);
      if (reason !== undefined) return reason;
    }
    return undefined;
  },
});

async function checkLocation(
  location: Location,
  { signal, warn }: Pick<ValidationContext, 'signal' | 'warn'>,
): Promise<string | undefined> {
  if (location.engine === 'LocalStorage') {
    const fault = await findDirectoryFault(String(location.parameters.storage_path));
    if (fault !== undefined) return `Location "${location.name}": ${fault}`;
    // Opening it makes the directory, which is for the start to do.
    if (!(await exists(String(location.parameters.storage_path)))) return undefined;
  }
  try {
    const storage = await openStorage([location]);
    const { driver } = storage.preferred;
    // What is under way fails at once.
    signal.addEventListener('abort', () => void storage.close().catch(() => undefined), { once: true });
    try {
      await driver.check();
      await driver.allowBrowsers?.().catch((error: unknown) => {
        warn(
          `Location "${location.name}": browsers may not be able to load from it, because its CORS rules cannot be set (${describeStorageFault(error, location)}).`,
        );
      });
    } finally {
      await storage.close();
    }
    return undefined;
  } catch (error) {
    return `Invalid storage configuration: ${location.name}: ${describeStorageFault(error, location)}`;
  }
}

/** Of a directory that may be made later; changes nothing. */
async function findDirectoryFault(path: string): Promise<string | undefined> {
  for (let at = path; ; at = dirname(at)) {
    const found = await stat(at).catch((error: NodeJS.ErrnoException) => error);
    if (found instanceof Error) {
      if (found.code === 'ENOENT' && dirname(at) !== at) continue;
      return found.code === 'ENOTDIR'
        ? `${at} lies below a file.`
        : `${at} cannot be looked at (${found.code}).`;
    }
    if (!found.isDirectory()) return `${at} is not a directory.`;
    const writable = await access(at, constants.W_OK | constants.X_OK).then(
      () => true,
      () => false,
    );
    return writable ? undefined : `${at} cannot be written: check its owner and its mount.`;
  }
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}
