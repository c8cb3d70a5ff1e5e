import type { CompiledQuery, QueryResult } from 'kysely';
import { type Client, types } from 'pg';
import type { Link } from '#/db/dialects/server/link.ts';

const statementTimeoutSeconds = 60;
const lockTimeoutSeconds = 10;
const idleInTransactionSeconds = 60;

/** `SET` instead of start parameters, which a pooler in between would refuse. */
const sessionSettings = [
  `set statement_timeout = '${statementTimeoutSeconds}s'`,
  `set lock_timeout = '${lockTimeoutSeconds}s'`,
  `set idle_in_transaction_session_timeout = '${idleInTransactionSeconds}s'`,
  "set client_encoding = 'UTF8'",
  'set standard_conforming_strings = on',
  "set bytea_output = 'hex'",
].join('; ');

const parseNumber = (text: string): number => Number(text);
const parsers: ReadonlyMap<number, (text: string) => unknown> = new Map<number, (text: string) => unknown>([
  [types.builtins.INT8, parseNumber],
  [types.builtins.NUMERIC, parseNumber],
  // As on the other databases, a comparison in a select list is 0 or 1.
  [types.builtins.BOOL, (text) => (text === 't' ? 1 : 0)],
]);

/** For the client's option `types`: 64-bit integers and sums are numbers, truth is 0 or 1. */
export const valueParsers = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    (format === 'binary' ? undefined : parsers.get(oid)) ?? types.getTypeParser(oid, format ?? 'text'),
};

const begin = 'begin isolation level read committed';
const beginStatements = { durable: begin, relaxed: `${begin}; set local synchronous_commit = off` };
const counted: ReadonlySet<string> = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE']);

/** Prepares a connected client for use. */
export async function createPostgresqlLink(client: Client): Promise<Link> {
  let lost: (() => void) | undefined;
  // Without a listener a broken idle connection would end the process.
  client.on('error', () => lost?.());
  await client.query(sessionSettings);
  return {
    run: (query) => run(client, query),
    async begin(durability) {
      await client.query(beginStatements[durability]);
    },
    async commit() {
      const { command } = await client.query('commit');
      // PostgreSQL answers COMMIT with ROLLBACK when a statement had failed before.
      if (command !== 'COMMIT')
        throw new Error('the transaction was rolled back: a statement in it had failed');
    },
    async rollback() {
      await client.query('rollback');
    },
    onLost: (listener) => {
      lost = listener;
    },
    destroy: () => {
      lost = undefined;
      void client.end().catch(() => undefined);
    },
  };
}

async function run(client: Client, query: CompiledQuery): Promise<QueryResult<unknown>> {
  const { command, rowCount, rows } = await client.query(query.sql, [...query.parameters]);
  return counted.has(command) ? { rows, numAffectedRows: BigInt(rowCount ?? 0) } : { rows };
}
