import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { ParsedSections } from '#/config/configuration.ts';
import { InvalidConfigurationError, type Problem } from '#/config/problem.ts';
import { deriveSecretKey } from '#/config/secret-keys.ts';
import { writeOnce } from '#/config/write-once.ts';

/** Whether the keys that must be kept are there. */
export function checkSecrets({ secrets, database }: ParsedSections): Problem[] {
  const expected = 'a random number of 256 bits in decimal digits, kept for ever';
  if (secrets.databaseSecretKey !== undefined) return [];
  if (secrets.secretKey !== undefined) {
    const message = 'is absent, so it is derived from SECRET_KEY, which must then never change';
    return [{ severity: 'warning', key: 'DATABASE_SECRET_KEY', expected, message }];
  }
  const embedded = database.uri.startsWith('sqlite:');
  return [
    {
      severity: embedded ? 'warning' : 'error',
      key: 'DATABASE_SECRET_KEY',
      expected,
      message: embedded
        ? 'is absent; a key is kept in the data directory instead'
        : 'is required: all nodes that share a database need the same one',
    },
  ];
}

export interface Secrets {
  readonly secretKey: Buffer;
  readonly databaseSecretKey: Buffer;
}

/** Both keys, derived from each other or kept in the data directory where the file leaves them out; `checkSecrets` found no error. */
export async function resolveSecrets(parsed: ParsedSections, dataDirectory: string): Promise<Secrets> {
  const { secretKey, databaseSecretKey } = parsed.secrets;
  const known = databaseSecretKey ?? secretKey ?? (await localKey(dataDirectory));
  return {
    secretKey: secretKey ?? deriveSecretKey(known, 'SECRET_KEY'),
    databaseSecretKey: databaseSecretKey ?? deriveSecretKey(known, 'DATABASE_SECRET_KEY'),
  };
}

/** The key of an embedded database, which no other node shares; `checkSecrets` has refused a shared one without a key. */
async function localKey(dataDirectory: string): Promise<Buffer> {
  const path = join(dataDirectory, 'config', 'database-secret-key');
  const { content } = await writeOnce(path, `${randomBytes(32).toString('hex')}\n`);
  const key = Buffer.from(content.trim(), 'hex');
  if (key.length === 32) return key;
  throw new InvalidConfigurationError([
    { severity: 'error', key: path, expected: '64 hexadecimal digits', message: 'holds no key any more' },
  ]);
}
