import { join, resolve } from 'node:path';
import { runClient } from './client-process.ts';
import type { ServerProcess } from './server-process.ts';

const mainFile = resolve(import.meta.dirname, '../main.ts');

/** Runs the command line in a process of its own beside a server that was started with a configuration; returns its standard output. */
export function runWharf(
  server: Pick<ServerProcess, 'dataDirectory'>,
  words: readonly string[],
  input?: string,
): Promise<string> {
  const directories = ['--data', server.dataDirectory, '--config', join(server.dataDirectory, 'test-config')];
  return runClient(
    process.execPath,
    [mainFile, ...words, ...directories],
    input === undefined ? {} : { input },
  );
}
