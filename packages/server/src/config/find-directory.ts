import { access } from 'node:fs/promises';
import { join, resolve } from 'node:path';

export interface DirectoryOptions {
  /** `--config DIR`. */
  readonly directory?: string | undefined;
  readonly dataDirectory: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export const configurationFileName = 'config.yaml';

export async function fileExists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/**
 * Absolute path of the configuration directory: the given one; else the first of `$QUAYCONFIG`, `$QUAYCONF/stack` and `conf/stack` that holds a
 * configuration; else `config` in the data directory.
 */
export async function findConfigurationDirectory(options: DirectoryOptions): Promise<string> {
  if (options.directory !== undefined) return resolve(options.directory);
  const { QUAYCONFIG, QUAYCONF } = options.env;
  const candidates = [
    ...(QUAYCONFIG ? [QUAYCONFIG] : []),
    ...(QUAYCONF ? [join(QUAYCONF, 'stack')] : []),
    join('conf', 'stack'),
  ];
  for (const candidate of candidates) {
    if (await fileExists(join(candidate, configurationFileName))) return resolve(candidate);
  }
  return resolve(options.dataDirectory, 'config');
}
