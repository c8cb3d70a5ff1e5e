import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { runClient } from './client-process.ts';
import { initializeServer, type ServerOptions, type ServerProcess, startServer } from './server-process.ts';

const mainFile = resolve(import.meta.dirname, '../main.ts');

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** The first user, who owns what the tests push. */
export const alice: Credentials = { username: 'alice', password: 'alice-password' };
/** A user without any permission. */
export const bob: Credentials = { username: 'bob', password: 'bob-password' };

/** A running server with users, and a directory for everything that a client keeps. */
export interface ClientRegistry {
  readonly server: ServerProcess;
  readonly directory: string;
  /** An OAuth token of alice with all rights, for the user name `$oauthtoken`. */
  readonly accessToken: string;
  /** Runs the command line beside the running server, on the same data. */
  wharf(words: readonly string[], input?: string): Promise<string>;
  dispose(): Promise<void>;
}

/** Starts a server with the users alice and bob. */
export async function startClientRegistry(options: ServerOptions = {}): Promise<ClientRegistry> {
  // Lower case only: podman makes image names of paths.
  const directory = join(tmpdir(), `wharf-clients-${randomUUID()}`);
  await mkdir(directory);
  // Log-ins of nobody, as some clients insist on a file that exists.
  await writeFile(join(directory, 'nobody.json'), '{}');
  const server = await startServer({ ...options, dataDirectory: join(directory, 'data') });
  const configuration =
    options.configuration === undefined ? [] : ['--config', join(directory, 'data', 'test-config')];
  const wharf = (words: readonly string[], input?: string): Promise<string> =>
    runClient(process.execPath, [mainFile, ...words, '--data', server.dataDirectory, ...configuration], {
      ...(input === undefined ? {} : { input }),
    });
  const dispose = async (): Promise<void> => {
    await server.dispose();
    await rm(directory, { recursive: true, force: true });
  };
  try {
    const initialized = await initializeServer(server, alice);
    const words = ['user', 'create', bob.username, '--email', 'bob@example.com', '--password-stdin'];
    await wharf(words, bob.password);
    return { server, directory, accessToken: initialized.access_token, wharf, dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}
