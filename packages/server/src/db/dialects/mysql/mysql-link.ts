import type { CompiledQuery, QueryResult } from 'kysely';
import type { Connection } from 'mysql2/promise';
import type { Link } from '#/db/dialects/server/link.ts';

const lockTimeoutSeconds = 10;
const idleSeconds = 3600;

const sessionSettings = [
  'set session transaction isolation level read committed',
  // The driver escapes with backslashes, and nothing may be cut silently.
  "set session sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION,ONLY_FULL_GROUP_BY'",
  `set session innodb_lock_wait_timeout = ${lockTimeoutSeconds}`,
  `set session wait_timeout = ${idleSeconds}`,
];

/** Prepares a connected client for use. */
export async function createMysqlLink(client: Connection): Promise<Link> {
  let lost: (() => void) | undefined;
  // Without a listener a broken idle connection would end the process.
  client.on('error', () => lost?.());
  for (const statement of sessionSettings) await client.query(statement);
  const say = async (statement: string): Promise<void> => {
    await client.query(statement);
  };
  return {
    run: (query) => run(client, query),
    begin: () => say('start transaction'),
    commit: () => say('commit'),
    rollback: () => say('rollback'),
    onLost: (listener) => {
      lost = listener;
    },
    destroy: () => {
      lost = undefined;
      client.destroy();
    },
  };
}

async function run(client: Connection, query: CompiledQuery): Promise<QueryResult<unknown>> {
  const [result] = await client.query(query.sql, query.parameters.map(checkParameter));
  if (Array.isArray(result)) return { rows: result };
  const affected = { rows: [], numAffectedRows: BigInt(result.affectedRows) };
  return result.insertId === 0 ? affected : { ...affected, insertId: BigInt(result.insertId) };
}

/** The driver would spread an object or array over the statement. */
function checkParameter(value: unknown): unknown {
  if (typeof value === 'object' && value !== null && !Buffer.isBuffer(value)) {
    throw new TypeError('a query parameter must be text, a number, bytes or null');
  }
  return value;
}
