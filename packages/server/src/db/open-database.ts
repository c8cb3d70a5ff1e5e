import { mkdir, open } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '#/platform/logger.ts';
import { checkDurability } from './check-durability.ts';
import { readConnectionSettings } from './connection-settings.ts';
import { InvalidConnectionUriError, parseConnectionUri, type ServerTarget } from './connection-uri.ts';
import { createDatabase } from './create-database.ts';
import { type Database, DatabaseUnavailableError } from './database.ts';
import type { Engine } from './dialects/engine.ts';
import type { Product } from './dialects/server/link.ts';
import { createReplicaReader } from './dialects/server/replica-reader.ts';
import { openSqliteEngine } from './dialects/sqlite/sqlite-engine.ts';
import { errorCode } from './failures.ts';

export interface OpenDatabaseOptions {
  /** DB_URI */
  readonly uri: string;
  /** DB_CONNECTION_ARGS */
  readonly connectionArgs?: Readonly<Record<string, unknown>>;
  /** DB_CONNECTION_POOLING; false keeps no idle connection. */
  readonly pooling?: boolean;
  /** DB_READ_REPLICAS: servers of the same kind, with the same connection arguments; nothing waits for them. */
  readonly replicaUris?: readonly string[];
  readonly logger?: Logger;
  /** Where relative SQLite paths start; default the working directory. */
  readonly dataDirectory?: string;
}

const connectRetryMs = 200;

/**
 * Connects to the database; the schema is brought up to date by `migrate`. Throws InvalidConnectionUriError or
 * InvalidConnectionArgsError for wrong settings, and DatabaseUnavailableError when the server cannot be used within
 * `connect_timeout` (it may be starting at the same time).
 */
export async function openDatabase(options: OpenDatabaseOptions): Promise<Database> {
  const target = parseConnectionUri(options.uri);
  if (target.dialect === 'sqlite') {
    const path = resolve(options.dataDirectory ?? '.', target.path);
    await mkdir(dirname(path), { recursive: true });
    await createPrivately(path);
    return createDatabase(await openSqliteEngine(path));
  }
  const database = await openServer(target, options);
  if (options.logger !== undefined) await checkDurability(database, options.logger);
  return database;
}

/** Nobody else on the machine may read it. A file that exists is not touched: closing it would drop SQLite's locks. */
async function createPrivately(path: string): Promise<void> {
  try {
    const file = await open(path, 'ax', 0o600);
    await file.close();
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return;
    throw new DatabaseUnavailableError(`cannot create the database file ${path}`, { cause: error });
  }
}

async function openServer(target: ServerTarget, options: OpenDatabaseOptions): Promise<Database> {
  const settings = readConnectionSettings(target, options.connectionArgs ?? {}, options.pooling ?? true);
  const openEngine = await loadEngine(target.dialect);
  const engine = await openEngine(target, settings);
  try {
    await waitForServer(engine.product, settings.connectTimeoutMs);
  } catch (error) {
    const reason = error instanceof Error && error.message !== '' ? error.message : String(error);
    const place = target.socket ?? `${target.host}:${target.port}`;
    throw new DatabaseUnavailableError(`cannot use the ${target.dialect} database at ${place}: ${reason}`, {
      cause: error,
    });
  }
  const replicas = await openReplicas(target, options);
  return createDatabase(engine, replicas.length === 0 ? undefined : createReplicaReader(engine, replicas));
}

/** Connects when first used. Throws InvalidConnectionUriError for another product than that of the primary. */
async function openReplicas(primary: ServerTarget, options: OpenDatabaseOptions): Promise<Engine[]> {
  const openEngine = await loadEngine(primary.dialect);
  const replicas: Engine[] = [];
  for (const uri of options.replicaUris ?? []) {
    const target = parseConnectionUri(uri);
    if (target.dialect !== primary.dialect) {
      throw new InvalidConnectionUriError(`of a replica must name a ${primary.dialect} server`);
    }
    const settings = readConnectionSettings(target, options.connectionArgs ?? {}, options.pooling ?? true);
    replicas.push(await openEngine(target, settings));
  }
  return replicas;
}

/** Each driver is loaded only where it is used: a start reads hundreds of files less. */
async function loadEngine(dialect: ServerTarget['dialect']) {
  if (dialect === 'postgresql') {
    return (await import('./dialects/postgresql/postgresql-engine.ts')).openPostgresqlEngine;
  }
  return (await import('./dialects/mysql/mysql-engine.ts')).openMysqlEngine;
}

async function waitForServer(product: Product, limitMs: number): Promise<void> {
  const giveUpAtMs = Date.now() + limitMs;
  for (;;) {
    try {
      const link = await product.connect();
      link.destroy();
      return;
    } catch (error) {
      const { kind } = product.classify(error);
      if (kind === 'other' || Date.now() + connectRetryMs >= giveUpAtMs) throw error;
      await sleep(connectRetryMs);
    }
  }
}
