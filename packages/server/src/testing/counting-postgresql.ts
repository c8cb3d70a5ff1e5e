import { randomUUID } from 'node:crypto';
import { chmod, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { Client } from 'pg';
import { eventually } from './eventually.ts';
import { startPostgresql } from './postgresql.ts';
import { scratchDirectory } from './scratch-directory.ts';

/** A PostgreSQL of its own that writes down every statement that it is sent. */
export interface CountingPostgresql {
  readonly uri: string;
  /** Texts of the statements that arrived while `work` went on, whoever sent them. */
  statementsOf(work: () => Promise<unknown>): Promise<string[]>;
}

/** Starts one and ends it after the test. */
export async function startCountingPostgresql(t: Pick<TestContext, 'after'>): Promise<CountingPostgresql> {
  const folder = scratchDirectory();
  // The server may run as somebody else.
  await chmod(folder, 0o777);
  const file = 'statements.log';
  const server = await startPostgresql({
    arguments: [
      'logging_collector=on',
      `log_directory=${folder}`,
      `log_filename=${file}`,
      'log_rotation_age=0',
      'log_rotation_size=0',
      'log_statement=all',
      'log_line_prefix=',
    ].flatMap((setting) => ['-c', setting]),
  });
  t.after(() => server.stop());
  const log = (): Promise<string> => readFile(join(folder, file), 'utf8');

  async function mark(): Promise<string> {
    const name = randomUUID();
    const client = new Client({ connectionString: server.uri });
    await client.connect();
    await client.query(`select '${name}'`);
    await client.end();
    await eventually('the mark in the log', 10_000, async () => (await log()).includes(name));
    return name;
  }

  return {
    uri: server.uri,
    async statementsOf(work) {
      const first = await mark();
      await work();
      const last = await mark();
      const text = await log();
      const between = text.slice(text.indexOf(first) + first.length, text.indexOf(last));
      const sent = /^LOG: {2}(?:statement|execute [^:]*): (.*)$/gm;
      // The last one is the mark itself.
      return [...between.matchAll(sent)].map(([, statement]) => statement ?? '').slice(0, -1);
    },
  };
}
