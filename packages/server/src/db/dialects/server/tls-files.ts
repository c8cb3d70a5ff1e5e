import { readFile } from 'node:fs/promises';
import type { TlsFiles } from '#/db/connection-settings.ts';

export interface TlsContents {
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
  readonly crl?: Buffer;
}

/** The contents of the named files, under the names of node:tls. Throws if one cannot be read. */
export async function readTlsFiles(files: TlsFiles): Promise<TlsContents> {
  const paths = { ca: files.ca, cert: files.certificate, key: files.key, crl: files.revocations };
  const contents: Record<string, Buffer> = {};
  for (const [name, path] of Object.entries(paths)) {
    if (path !== undefined) contents[name] = await readFile(path);
  }
  return contents;
}
