import { randomUUID } from 'node:crypto';
import { copyFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, test } from 'node:test';
import type { Database, DialectName } from '#/db/database.ts';
import { migrate } from '#/db/migrate.ts';
import { openDatabase } from '#/db/open-database.ts';
import { startPostgresql } from './postgresql.ts';
import { scratchDirectory } from './scratch-directory.ts';
import {
  type Content,
  createMysqlDatabase,
  createPostgresqlDatabase,
  type ServerDatabase,
} from './server-databases.ts';

type Open = () => Promise<Database>;

interface Kind {
  readonly dialect: DialectName;
  /** Whether this run can have it. */
  readonly available: boolean;
  /** Makes a database with the tables in it, or without. */
  create(content: Content): Promise<ServerDatabase>;
}

let postgresqlUri: Promise<string> | undefined;
/** The server of the whole run, else one that starts when this process first needs it. */
function postgresql(): Promise<string> {
  const given = process.env.WHARF_TEST_POSTGRESQL_URI;
  postgresqlUri ??= given === undefined ? startPostgresql().then(({ uri }) => uri) : Promise.resolve(given);
  return postgresqlUri;
}

const mariadbUri = process.env.WHARF_TEST_MARIADB_URI;

const missingServer = 'no MariaDB: set WHARF_TEST_MARIADB_URI';

const kinds: readonly Kind[] = [
  { dialect: 'sqlite', available: true, create: createSqliteDatabase },
  {
    dialect: 'postgresql',
    available: true,
    create: async (content) => createPostgresqlDatabase(await postgresql(), content),
  },
  {
    dialect: 'mysql',
    available: mariadbUri !== undefined,
    create: (content) => createMysqlDatabase(mariadbUri ?? '', content),
  },
];

/**
 * Registers the tests of `define` once for each kind of database. `open()` gives a new, migrated, empty database, which is
 * closed and removed after the test. MariaDB needs a server, named by WHARF_TEST_MARIADB_URI; without one a skipped test says so.
 */
export function eachDatabase(title: string, define: (open: Open) => void): void {
  eachDatabaseUri(title, (create) => {
    const opened: Database[] = [];
    afterEach(async () => {
      await Promise.all(opened.splice(0).map((database) => database.close()));
    });
    define(async () => {
      const uri = await create();
      const database = await openDatabase({ uri, connectionArgs: { max_connections: 8 } });
      opened.push(database);
      return database;
    });
  });
}

/** Makes a database, by default with the tables in it, and returns its DB_URI. */
export type CreateDatabase = (content?: Content) => Promise<string>;

/** As `eachDatabase`, for tests that open the database by themselves, several times or in other processes. */
export function eachDatabaseUri(
  title: string,
  define: (create: CreateDatabase, dialect: DialectName) => void,
): void {
  for (const kind of kinds) {
    describe(`${title} (${kind.dialect})`, () => {
      if (!kind.available) {
        const skip = process.env.REQUIRE_ALL === '1' ? false : missingServer;
        test('needs a server', { skip }, () => Promise.reject(new Error(missingServer)));
        return;
      }
      const created: ServerDatabase[] = [];
      define(async (content = 'migrated') => {
        const database = await kind.create(content);
        created.push(database);
        return database.uri;
      }, kind.dialect);
      // Hooks run in the order of registration, so what `define` closes is closed before it is removed.
      afterEach(async () => {
        await Promise.all(created.splice(0).map((database) => database.remove()));
      });
    });
  }
}

let sqliteTemplate: Promise<string> | undefined;
let sqliteCount = 0;

async function createSqliteDatabase(content: Content): Promise<ServerDatabase> {
  sqliteTemplate ??= makeSqliteTemplate();
  const template = await sqliteTemplate;
  sqliteCount += 1;
  const path = `${template}-${sqliteCount}`;
  if (content === 'migrated') await copyFile(template, path);
  return { uri: `sqlite:///${path}`, remove: () => rm(path, { force: true }) };
}

async function makeSqliteTemplate(): Promise<string> {
  const path = join(scratchDirectory(), `wharf-${randomUUID()}.db`);
  const database = await openDatabase({ uri: `sqlite:///${path}` });
  await migrate(database);
  await database.close();
  return path;
}
