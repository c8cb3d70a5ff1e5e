import { createHash, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createConnection } from 'mysql2/promise';
import { Client } from 'pg';
import { parseConnectionUri, type ServerTarget } from '#/db/connection-uri.ts';
import { migrate } from '#/db/migrate.ts';
import { openDatabase } from '#/db/open-database.ts';

/** A database on a server of the tests, with the tables in it. */
export interface ServerDatabase {
  readonly uri: string;
  remove(): Promise<void>;
}

/** Whether the tables are there already. */
export type Content = 'migrated' | 'empty';

const templates = new Map<string, Promise<string>>();
const templateLock = 4_711;

/** Copies a template that the first process which needs it makes. */
export async function createPostgresqlDatabase(serverUri: string, content: Content): Promise<ServerDatabase> {
  const template = content === 'migrated' ? await findTemplate(serverUri) : 'template1';
  const name = newName();
  await onPostgresql(serverUri, (query) => query(`create database ${name} template ${template}`));
  return {
    uri: withDatabase(serverUri, name),
    remove: () => onPostgresql(serverUri, (query) => query(`drop database if exists ${name} with (force)`)),
  };
}

export async function createMysqlDatabase(serverUri: string, content: Content): Promise<ServerDatabase> {
  const name = newName();
  await onMysql(serverUri, `create database ${name}`);
  const uri = withDatabase(serverUri, name);
  if (content === 'migrated') await migrateUri(uri);
  return { uri, remove: () => onMysql(serverUri, `drop database if exists ${name}`) };
}

/** The same server, another database. */
function withDatabase(serverUri: string, name: string): string {
  return serverUri.replace(/\/[^/?]*(?=\?|$)/, `/${name}`);
}

const newName = (): string => `wharf_${randomUUID().replaceAll('-', '')}`;

function findTemplate(serverUri: string): Promise<string> {
  const known = templates.get(serverUri) ?? makeTemplate(serverUri);
  templates.set(serverUri, known);
  return known;
}

async function makeTemplate(serverUri: string): Promise<string> {
  const name = `wharf_template_${hashOfMigrations()}`;
  await onPostgresql(serverUri, async (query) => {
    await query(`select pg_advisory_lock(${templateLock})`);
    const { rowCount } = await query(`select 1 from pg_database where datname = '${name}'`);
    if (rowCount === 1) return;
    const building = newName();
    await query(`create database ${building}`);
    await migrateUri(withDatabase(serverUri, building));
    await query(`alter database ${building} rename to ${name}`);
  });
  return name;
}

function hashOfMigrations(): string {
  const folder = new URL('../db/migrations/', import.meta.url);
  const hash = createHash('sha256');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  for (const file of files.sort()) hash.update(readFileSync(new URL(file, folder)));
  return hash.digest('hex').slice(0, 16);
}

async function migrateUri(uri: string): Promise<void> {
  const database = await openDatabase({ uri });
  try {
    await migrate(database);
  } finally {
    await database.close();
  }
}

function serverTarget(uri: string): ServerTarget {
  const target = parseConnectionUri(uri);
  if (target.dialect === 'sqlite') throw new Error('not the URI of a server');
  return target;
}

async function onPostgresql(
  serverUri: string,
  work: (query: (text: string) => Promise<{ rowCount: number | null }>) => Promise<unknown>,
): Promise<void> {
  const { host, port, user, password, database } = serverTarget(serverUri);
  const client = new Client({ host, port, user, password, database, ssl: false });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await work((text) => client.query(text));
  } finally {
    await client.end();
  }
}

async function onMysql(serverUri: string, statement: string): Promise<void> {
  const { host, port, user, password } = serverTarget(serverUri);
  const client = await createConnection({ host, port, user, password });
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
