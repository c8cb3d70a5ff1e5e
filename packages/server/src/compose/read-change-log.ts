import { readFile } from 'node:fs/promises';

const path = new URL('../../../../CHANGELOG.md', import.meta.url);

/** The change log of this version as Markdown; empty where it was installed without one. */
export async function readChangeLog(): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
}
