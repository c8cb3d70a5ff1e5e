import { mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Logger } from '#/platform/logger.ts';
import { parseConnectionUri } from './connection-uri.ts';
import { createDatabase } from './create-database.ts';
import type { Database } from './database.ts';
import { openSqliteEngine } from './dialects/sqlite/sqlite-engine.ts';

export interface OpenDatabaseOptions {
  /** DB_URI */
  readonly uri: string;
  /** DB_CONNECTION_ARGS */
  readonly connectionArgs?: Readonly<Record<string, unknown>>;
  /** DB_CONNECTION_POOLING; false keeps no idle connection. */
  readonly pooling?: boolean;
  readonly logger?: Logger;
  /** Where relative SQLite paths start; default the working directory. */
  readonly dataDirectory?: string;
}

/**
 * Connects to the database; the schema is brought up to date by `migrate`. Throws InvalidConnectionUriError for a wrong URI and
 * DatabaseUnavailableError when the server does not answer within `connect_timeout`.
 */
export async function openDatabase(options: OpenDatabaseOptions): Promise<Database> {
  const target = parseConnectionUri(options.uri);
  if (target.dialect !== 'sqlite') throw new Error(`${target.dialect} is not there yet`);
  const path = resolve(options.dataDirectory ?? '.', target.path);
  await mkdir(dirname(path), { recursive: true });
  return createDatabase(await openSqliteEngine(path));
}
