import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

/** Searched after PATH: where Debian puts servers. */
const folders = ['/usr/bin', '/usr/local/bin', '/usr/sbin', '/usr/local/sbin'];

/** Path of an installed program. */
export function findProgram(name: string): string | undefined {
  return [...(process.env.PATH ?? '').split(':'), ...folders]
    .map((folder) => resolve(folder, name))
    .find((file) => existsSync(file));
}
