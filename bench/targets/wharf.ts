import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { freePort } from '@wharf/server/src/testing/free-port.ts';
import { fetchRegistryToken, initializeServer } from '@wharf/server/src/testing/server-process.ts';
import { type SpawnedServer, spawnServer } from '#/process/spawn-server.ts';
import type { Target, TargetKind } from '#/targets/target.ts';

const mainFile = resolve(import.meta.dirname, '../../packages/server/src/main.ts');
const credentials = { username: 'admin', password: 'password1' };

/**
 * This repository's server with SQLite and local storage, its log in a file, asked with bearer tokens that are fetched before the
 * measured part.
 */
export function wharf(nodeArguments: readonly string[]): TargetKind {
  const run = (directory: string) => spawnWharf(directory, { nodeArguments });

  return {
    name: 'Wharf',
    role: 'wharf',
    async start(): Promise<Target> {
      const directory = await mkdtemp(join(tmpdir(), 'wharf-bench-'));
      const { server, url } = await run(directory);
      const asked = { url: url.origin, host: url.host };
      await initializeServer(asked, credentials);
      const basic = Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64');
      const scope = `repository:${credentials.username}/bench:pull`;
      const query = new URLSearchParams({ service: url.host, scope });
      return {
        name: 'Wharf',
        role: 'wharf',
        url,
        pid: server.pid,
        namespace: `${credentials.username}/`,
        logIn: { path: `/v2/auth?${query}`, headers: `Authorization: Basic ${basic}\r\n` },
        async authorize(...scopes) {
          const token = await fetchRegistryToken(asked, credentials, ...scopes);
          return `Authorization: Bearer ${token}\r\n`;
        },
        async dispose() {
          await server.stop();
          await rm(directory, { recursive: true, force: true });
        },
      };
    },
    async measureStart(times) {
      const directory = await mkdtemp(join(tmpdir(), 'wharf-bench-'));
      const results: number[] = [];
      try {
        // The first start makes the database and the compile cache, so that all others are warm.
        for (let index = 0; index <= times; index += 1) {
          const { server } = await run(directory);
          if (index > 0) results.push(server.startMs);
          await server.stop();
        }
      } finally {
        await rm(directory, { recursive: true, force: true });
      }
      return results;
    },
  };
}

/** A server with its data in the directory; `keys` come over those of its configuration. */
export async function spawnWharf(
  directory: string,
  options: {
    readonly nodeArguments?: readonly string[];
    readonly keys?: Readonly<Record<string, unknown>>;
  } = {},
): Promise<{ readonly server: SpawnedServer; readonly url: URL }> {
  const config = join(directory, 'config');
  await mkdir(config, { recursive: true });
  await writeFile(join(config, 'config.yaml'), configuration(directory, options.keys));
  const listen = `127.0.0.1:${await freePort()}`;
  const url = new URL(`http://${listen}`);
  const server = await spawnServer(
    process.execPath,
    [
      ...(options.nodeArguments ?? []),
      mainFile,
      'serve',
      ...['--listen', listen, '--metrics-listen', '127.0.0.1:0', '--data', directory, '--config', config],
    ],
    { url: new URL('/v2/', url).href, logFile: join(directory, 'log') },
  );
  return { server, url };
}

/**
 * What the first start would write, and a page size that lets the catalogue answer with as many names as it is asked for. JSON is YAML as well.
 */
function configuration(directory: string, keys: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({
    SECRET_KEY: '11111111111111111111111111111111111111',
    DATABASE_SECRET_KEY: '22222222222222222222222222222222222222',
    DB_URI: `sqlite:///${join(directory, 'wharf.db')}`,
    DISTRIBUTED_STORAGE_CONFIG: {
      default: ['LocalStorage', { storage_path: join(directory, 'storage') }],
    },
    DISTRIBUTED_STORAGE_PREFERENCE: ['default'],
    AUTHENTICATION_TYPE: 'Database',
    FEATURE_USER_INITIALIZE: true,
    FEATURE_MAILING: false,
    SETUP_COMPLETE: true,
    V2_PAGINATION_SIZE: 100,
    ...keys,
  });
}
