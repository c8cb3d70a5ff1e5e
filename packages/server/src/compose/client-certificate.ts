import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Configuration } from '#/config/configuration.ts';

/**
 * The certificate of a registry that is reached by https, from `ssl.cert` and `ssl.key` beside its configuration: receivers of webhooks
 * may ask for it. Undefined where one of the files cannot be read.
 */
export async function readClientCertificate(
  { server }: Configuration,
  directory: string,
): Promise<{ readonly cert: string; readonly key: string } | undefined> {
  if (server.preferredUrlScheme !== 'https') return undefined;
  const [cert, key] = await Promise.all(['ssl.cert', 'ssl.key'].map((name) => read(join(directory, name))));
  return cert === undefined || key === undefined ? undefined : { cert, key };
}

/** A file that is absent, or that only the proxy in front may read, is none. */
async function read(path: string): Promise<string | undefined> {
  return await readFile(path, 'utf8').catch(() => undefined);
}
