import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';

/**
 * Writes a whole `config.yaml` for a server with its data in the directory: what a first start would write, and these keys over it.
 * Returns the directory of the file.
 */
export async function writeTestConfiguration(
  dataDirectory: string,
  configuration: Readonly<Record<string, unknown>>,
): Promise<string> {
  const directory = join(dataDirectory, 'test-config');
  await mkdir(directory, { recursive: true });
  const keys = {
    SECRET_KEY: '11111111111111111111111111111111111111',
    DATABASE_SECRET_KEY: '22222222222222222222222222222222222222',
    DB_URI: `sqlite:///${join(dataDirectory, 'wharf.db')}`,
    DISTRIBUTED_STORAGE_CONFIG: {
      default: ['LocalStorage', { storage_path: join(dataDirectory, 'storage') }],
    },
    DISTRIBUTED_STORAGE_PREFERENCE: ['default'],
    AUTHENTICATION_TYPE: 'Database',
    FEATURE_USER_INITIALIZE: true,
    FEATURE_MAILING: false,
    SETUP_COMPLETE: true,
    ...configuration,
  };
  await writeFile(join(directory, 'config.yaml'), stringify(keys));
  return directory;
}
