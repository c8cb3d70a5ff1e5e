import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { embeddedDatabaseUri } from '#/config/sections/database.ts';
import { embeddedStorage } from '#/config/sections/storage.ts';
import { writeOnce } from '#/config/write-once.ts';

const comment = ` Written by the first start. Every key is described in docs/generated/configuration.md.
 Keep DATABASE_SECRET_KEY: without it the credentials in the database cannot be read.`;

/** Text of the configuration file that the first start writes. */
export function firstConfiguration(dataDirectory: string): string {
  const values = {
    AUTHENTICATION_TYPE: 'Database',
    DATABASE_SECRET_KEY: randomKey(),
    DB_URI: embeddedDatabaseUri({ dataDirectory }),
    DISTRIBUTED_STORAGE_CONFIG: embeddedStorage({ dataDirectory }),
    DISTRIBUTED_STORAGE_PREFERENCE: ['default'],
    FEATURE_MAILING: false,
    FEATURE_USER_INITIALIZE: true,
    PREFERRED_URL_SCHEME: 'http',
    SECRET_KEY: randomKey(),
    SETUP_COMPLETE: true,
  };
  const body = stringify(values, {
    version: '1.1',
    lineWidth: 0,
    defaultStringType: 'QUOTE_DOUBLE',
    defaultKeyType: 'PLAIN',
  });
  return `${comment.replaceAll(/^/gm, '#')}\n${body}`;
}

/** A random 256-bit number in decimal digits; the top bit is set, so that its bytes are always 32. */
function randomKey(): string {
  const bytes = randomBytes(32);
  bytes.writeUInt8(bytes.readUInt8(0) | 0x80, 0);
  return BigInt(`0x${bytes.toString('hex')}`).toString();
}

/** Writes `config.yaml` unless another process was faster; returns the text that counts. */
export async function writeFirstConfiguration(
  directory: string,
  dataDirectory: string,
): Promise<{ content: string; created: boolean }> {
  return writeOnce(join(directory, 'config.yaml'), firstConfiguration(dataDirectory));
}
