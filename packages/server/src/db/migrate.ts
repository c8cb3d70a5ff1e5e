import { type Kysely, sql } from 'kysely';
import type { Database, Db } from './database.ts';
import { describeTarget, tableExists } from './describe-server.ts';
import { withMigrationLock } from './migration-lock.ts';
import { allMigrations } from './migrations/all-migrations.ts';
import { integer, name } from './migrations/columns.ts';
import { createTableStatements } from './migrations/create-table.ts';
import type { Migration } from './migrations/migration.ts';
import type { Schema } from './schema.ts';

interface SchemaWithVersion extends Schema {
  schema_migrations: { number: number; name: string; applied_ms: number };
}

const versionTable = {
  name: 'schema_migrations',
  columns: { number: integer(), name: name(255), applied_ms: integer() },
  primaryKey: ['number'],
};

/** The database was migrated by a newer version of Wharf. */
export class NewerSchemaError extends Error {
  constructor(found: number, known: number) {
    super(
      `the database has schema version ${found}, but this version of Wharf knows only up to ${known}; run the version of Wharf that migrated it, or a newer one`,
    );
    this.name = 'NewerSchemaError';
  }
}

/**
 * Brings the schema up to date, one migration at a time under a lock, so that any number of processes may call it at once.
 * Returns the names of the migrations that this call ran. Throws NewerSchemaError.
 */
export async function migrate(
  database: Database,
  migrations: readonly Migration[] = allMigrations,
): Promise<string[]> {
  const ran: string[] = [];
  for (;;) {
    const [next] = await pending(database, migrations);
    if (next === undefined) return ran;
    if (await runMigration(database, next, migrations)) ran.push(next.name);
  }
}

/** Names of the migrations that `migrate` would run. Throws NewerSchemaError. */
export async function pendingMigrations(database: Database): Promise<string[]> {
  return (await pending(database, allMigrations)).map((migration) => migration.name);
}

async function pending(database: Database, migrations: readonly Migration[]): Promise<Migration[]> {
  const applied = await appliedNumbers(database.read);
  return remaining(applied, migrations);
}

function remaining(applied: ReadonlySet<number>, migrations: readonly Migration[]): Migration[] {
  const known = Math.max(0, ...migrations.map((migration) => migration.number));
  const found = Math.max(0, ...applied);
  if (found > known) throw new NewerSchemaError(found, known);
  return migrations.filter((migration) => !applied.has(migration.number));
}

/** False when another process ran it meanwhile. */
async function runMigration(
  database: Database,
  migration: Migration,
  migrations: readonly Migration[],
): Promise<boolean> {
  return withMigrationLock(database, async (db) => {
    const target = await describeTarget(db);
    for (const statement of createTableStatements(versionTable, target)) await sql.raw(statement).execute(db);
    const [next] = remaining(await appliedNumbers(db), migrations);
    if (next?.number !== migration.number) return false;
    for (const step of migration.steps(target)) await step(db);
    await versioned(db)
      .insertInto('schema_migrations')
      .values({ number: migration.number, name: migration.name, applied_ms: Date.now() })
      .execute();
    return true;
  });
}

async function appliedNumbers(db: Db): Promise<Set<number>> {
  if (!(await tableExists(db, versionTable.name))) return new Set();
  const rows = await versioned(db).selectFrom('schema_migrations').select('number').execute();
  return new Set(rows.map((row) => row.number));
}

function versioned(db: Db): Kysely<SchemaWithVersion> {
  return db.withTables<{
    schema_migrations: SchemaWithVersion['schema_migrations'];
  }>() as unknown as Kysely<SchemaWithVersion>;
}
