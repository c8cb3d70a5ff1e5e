import { execFile } from 'node:child_process';
import { access, rm } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createConnection } from 'mysql2/promise';
import { type DatabaseServer, type ServerOptions, waitUntilReady } from './database-server.ts';
import { freePort } from './free-port.ts';
import { type GuardedProcess, startGuarded } from './guarded-process.ts';
import { scratchDirectory } from './scratch-directory.ts';

const execute = promisify(execFile);
const folders = ['/usr/sbin', '/usr/bin', '/usr/local/sbin', '/usr/local/bin', '/opt/homebrew/bin'];
const fastFlags = [
  '--innodb-flush-log-at-trx-commit=0',
  '--innodb-flush-method=nosync',
  '--skip-innodb-doublewrite',
];
const sizeFlags = ['--innodb-buffer-pool-size=64M', '--innodb-log-file-size=48M', '--max-connections=200'];

/** Starts the MariaDB of this machine on a loopback port of its own; throws where there is none. */
export async function startMariadb(options: ServerOptions = {}): Promise<DatabaseServer> {
  const program = await findProgram('mariadbd');
  const install = await findProgram('mariadb-install-db');
  const root = scratchDirectory();
  const dataDirectory = join(root, 'data');
  const user = userInfo().username;
  await execute(install, [
    '--no-defaults',
    `--datadir=${dataDirectory}`,
    `--user=${user}`,
    '--auth-root-authentication-method=normal',
    '--skip-test-db',
  ]);

  const port = await freePort();
  const args = [
    '--no-defaults',
    `--datadir=${dataDirectory}`,
    `--user=${user}`,
    `--port=${port}`,
    '--bind-address=127.0.0.1',
    `--socket=${join(root, 's')}`,
    `--pid-file=${join(root, 'pid')}`,
    ...sizeFlags,
    ...(options.durable === true ? [] : fastFlags),
    ...(options.arguments ?? []),
  ];
  let server: GuardedProcess | undefined;
  const start = async (): Promise<void> => {
    server = startGuarded(program, args, { signal: 'TERM', remove: root });
    await waitUntilReady(server, () => ping(port));
  };
  await start();
  return {
    uri: `mysql+pymysql://root@127.0.0.1:${port}/mysql`,
    halt: async () => server?.stop(),
    resume: start,
    async stop() {
      await server?.stop();
      await rm(root, { recursive: true, force: true });
    },
  };
}

async function findProgram(name: string): Promise<string> {
  for (const folder of folders) {
    const path = join(folder, name);
    if (
      await access(path).then(
        () => true,
        () => false,
      )
    )
      return path;
  }
  throw new Error(`${name} is not installed`);
}

async function ping(port: number): Promise<void> {
  const client = await createConnection({ host: '127.0.0.1', port, user: 'root' });
  client.destroy();
}
