import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { entriesPerStatement } from './identify-entry.ts';
import type { IdentifiedEntry } from './queries.ts';

/** Entries that wait on disk: a file is complete when it appears under its final name, and is never appended to. */
export interface Spill {
  /** Resolves when the entries are on disk. */
  write(entries: readonly IdentifiedEntry[]): Promise<void>;
  /** Hands over the entries of each file and removes it once they are stored; several processes may do so at once. */
  replay(store: (entries: readonly IdentifiedEntry[]) => Promise<void>): Promise<void>;
}

const suffix = '.pulls.jsonl';

/** `directory` is created when first needed. */
export function createSpill(directory: string): Spill {
  return {
    async write(entries) {
      await mkdir(directory, { recursive: true });
      const path = join(directory, `${randomUUID()}${suffix}`);
      const file = await open(`${path}.part`, 'wx', 0o600);
      try {
        await file.writeFile(entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
        await file.datasync();
      } finally {
        await file.close();
      }
      await rename(`${path}.part`, path);
      await syncFolder(directory);
    },
    async replay(store) {
      for (const name of await listFiles(directory)) {
        const path = join(directory, name);
        const entries = await readEntries(path);
        // An unreadable file is set aside for people, so that it does not hold up the others.
        if (entries === undefined) await rename(path, `${path}.unreadable`);
        else {
          for (let start = 0; start < entries.length; start += entriesPerStatement) {
            await store(entries.slice(start, start + entriesPerStatement));
          }
          await rm(path, { force: true });
        }
      }
    },
  };
}

/** Puts the new name on disk. */
async function syncFolder(directory: string): Promise<void> {
  const folder = await open(directory, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function listFiles(directory: string): Promise<string[]> {
  const names = await readdir(directory).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
  return names.filter((name) => name.endsWith(suffix)).sort();
}

async function readEntries(path: string): Promise<IdentifiedEntry[] | undefined> {
  try {
    const lines = (await readFile(path, 'utf8')).split('\n').filter((line) => line !== '');
    return lines.map((line): IdentifiedEntry => JSON.parse(line));
  } catch (error) {
    // Another process was faster.
    if (isMissing(error)) return [];
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
