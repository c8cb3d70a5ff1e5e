import { rmSync } from 'node:fs';
import { access, constants, copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, describe } from 'node:test';
import type { Database } from '#/db/database.ts';
import { migrate } from '#/db/migrate.ts';
import { openDatabase } from '#/db/open-database.ts';

type Open = () => Promise<Database>;

/**
 * Registers the tests of `define` once for each kind of database. `open()` gives a new, migrated, empty database, which is
 * closed and removed after the test.
 */
export function eachDatabase(title: string, define: (open: Open) => void): void {
  describe(`${title} (sqlite)`, () => {
    const opened: Database[] = [];
    const directories: string[] = [];
    afterEach(async () => {
      await Promise.all(opened.splice(0).map((database) => database.close()));
    });
    after(async () => {
      await Promise.all(directories.map((path) => rm(path, { recursive: true, force: true })));
    });
    define(async () => {
      const directory = await scratchDirectory();
      directories.push(directory);
      const path = join(directory, 'wharf.db');
      await copyFile(await sqliteTemplate(), path);
      const database = await openDatabase({ uri: `sqlite:///${path}` });
      opened.push(database);
      return database;
    });
  });
}

let template: Promise<string> | undefined;

function sqliteTemplate(): Promise<string> {
  template ??= makeSqliteTemplate();
  return template;
}

async function makeSqliteTemplate(): Promise<string> {
  const directory = await scratchDirectory();
  process.once('exit', () => {
    rmSync(directory, { recursive: true, force: true });
  });
  const path = join(directory, 'template.db');
  const database = await openDatabase({ uri: `sqlite:///${path}` });
  await migrate(database);
  await database.close();
  return path;
}

/** Memory where there is some: tests of queries do not measure the disk. */
async function scratchDirectory(): Promise<string> {
  const memory = '/dev/shm';
  const usable = await access(memory, constants.W_OK).then(
    () => true,
    () => false,
  );
  return mkdtemp(join(usable ? memory : tmpdir(), 'wharf-test-'));
}
