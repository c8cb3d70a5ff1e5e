import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { writeTestConfiguration } from './write-test-configuration.ts';

const mainFile = resolve(import.meta.dirname, '../main.ts');
/** Compiled code that all servers of all tests share: a start takes a third less. */
const compileCache = resolve(import.meta.dirname, '../../../../node_modules/.cache/wharf-tests');
const startLimitMs = 30_000;

export interface ServerOptions {
  /** Kept after `stop`; a fresh one, removed by `dispose`, when absent. */
  readonly dataDirectory?: string;
  /** Keys over those that the first start would write. */
  readonly configuration?: Readonly<Record<string, unknown>>;
  /** 0, the default, lets the system choose. */
  readonly port?: number;
  readonly host?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Program and words before node, such as strace. */
  readonly wrapper?: readonly string[];
  readonly nodeArguments?: readonly string[];
  /** Files that are copied into the directory of the configuration, by their names there; only with `configuration`. */
  readonly configurationFiles?: Readonly<Record<string, string>>;
  /** Further options of `wharf serve`. */
  readonly serveArguments?: readonly string[];
}

/** A running server as a child process: what clients, crash tests and the bench talk to. */
export interface ServerProcess {
  readonly url: string;
  /** Host and port, as clients write them in image names. */
  readonly host: string;
  readonly port: number;
  readonly metricsUrl: string;
  readonly dataDirectory: string;
  readonly pid: number;
  /** Everything that it wrote so far. */
  output(): string;
  /** SIGTERM, then waits; throws unless the exit code is 0. */
  stop(): Promise<void>;
  /** SIGKILL, then waits. */
  kill(): Promise<void>;
  /** Stops it if needed and removes the data directory if `start` made it. */
  dispose(): Promise<void>;
}

/** Starts a server and resolves when it answers. */
export async function startServer(options: ServerOptions = {}): Promise<ServerProcess> {
  const dataDirectory = options.dataDirectory ?? (await mkdtemp(join(tmpdir(), 'wharf-server-')));
  const host = options.host ?? '127.0.0.1';
  const configArguments = await configurationArguments(dataDirectory, options);
  const command = [
    ...(options.wrapper ?? []),
    process.execPath,
    ...(options.nodeArguments ?? []),
    mainFile,
    'serve',
    '--listen',
    `${host.includes(':') ? `[${host}]` : host}:${options.port ?? 0}`,
    '--metrics-listen',
    '127.0.0.1:0',
    '--data',
    dataDirectory,
    ...configArguments,
    ...(options.serveArguments ?? []),
  ];
  const child = spawn(command[0] ?? '', command.slice(1), {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { NODE_COMPILE_CACHE: compileCache, ...process.env, ...options.env },
  });
  const output = collectOutput(child);
  const exited = once(child, 'exit');
  const url = await waitForLine(child, output, /is running: (http\S+)/);
  const metricsPort = /"metricsPort":(\d+)/.exec(output())?.[1] ?? '0';
  const server = {
    url,
    host: new URL(url).host,
    port: Number(new URL(url).port),
    metricsUrl: `http://127.0.0.1:${metricsPort}/metrics`,
    dataDirectory,
    pid: child.pid ?? 0,
    output,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      await exited;
      if (child.exitCode !== 0) throw new Error(`the server ended with ${child.exitCode}: ${output()}`);
    },
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
    async dispose() {
      if (child.exitCode === null && child.signalCode === null) await server.kill();
      if (options.dataDirectory === undefined)
        await rm(dataDirectory, { recursive: true, force: true, maxRetries: 5 });
    },
  };
  return server;
}

async function configurationArguments(
  dataDirectory: string,
  { configuration, configurationFiles = {} }: ServerOptions,
): Promise<readonly string[]> {
  if (configuration === undefined) return [];
  const directory = await writeTestConfiguration(dataDirectory, configuration);
  for (const [name, from] of Object.entries(configurationFiles)) await copyFile(from, join(directory, name));
  return ['--config', directory];
}

function collectOutput(child: ChildProcess): () => string {
  let text = '';
  const add = (chunk: Buffer): void => {
    // Enough to explain a failure, however long the server runs.
    text = (text + chunk.toString('utf8')).slice(-256 * 1024);
  };
  child.stdout?.on('data', add);
  child.stderr?.on('data', add);
  return () => text;
}

async function waitForLine(child: ChildProcess, output: () => string, pattern: RegExp): Promise<string> {
  const deadline = Date.now() + startLimitMs;
  for (;;) {
    const found = pattern.exec(output())?.[1];
    if (found !== undefined) return found;
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`the server did not start: ${output()}`);
    }
    if (Date.now() > deadline) {
      child.kill('SIGKILL');
      throw new Error(`the server did not start within ${startLimitMs} ms: ${output()}`);
    }
    await new Promise((wake) => setTimeout(wake, 20));
  }
}

/** Creates the first user, who is a superuser, and returns the answer. */
export async function initializeServer(
  server: Pick<ServerProcess, 'url'>,
  user: { readonly username: string; readonly password: string } = {
    username: 'admin',
    password: 'password1',
  },
): Promise<{
  readonly username: string;
  readonly access_token: string;
  readonly encrypted_password: string;
}> {
  const response = await fetch(`${server.url}/api/v1/user/initialize`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...user, email: `${user.username}@example.com`, access_token: true }),
  });
  if (!response.ok) throw new Error(`initialize answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as Awaited<ReturnType<typeof initializeServer>>;
}

/** A registry token for the scopes. */
export async function fetchRegistryToken(
  server: Pick<ServerProcess, 'url' | 'host'>,
  credentials: { readonly username: string; readonly password: string } | undefined,
  ...scopes: readonly string[]
): Promise<string> {
  const query = new URLSearchParams({ service: server.host });
  for (const scope of scopes) query.append('scope', scope);
  const basic =
    credentials && Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64');
  const response = await fetch(`${server.url}/v2/auth?${query}`, {
    headers: basic === undefined ? {} : { authorization: `Basic ${basic}` },
  });
  if (!response.ok)
    throw new Error(`the token service answered ${response.status}: ${await response.text()}`);
  return ((await response.json()) as { token: string }).token;
}

/** Creates a private repository the way clients do: by asking for a token to push to it. */
export async function createRepository(
  server: Pick<ServerProcess, 'url' | 'host'>,
  namespace: string,
  name: string,
  credentials = { username: 'admin', password: 'password1' },
): Promise<void> {
  await fetchRegistryToken(server, credentials, `repository:${namespace}/${name}:pull,push`);
}
