import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@wharf/server/src/testing/free-port.ts';
import { type SpawnedServer, spawnServer } from '#/process/spawn-server.ts';
import type { Target, TargetKind } from '#/targets/target.ts';

/** Debian's docker-registry as its package configures it, with another address and folder and without its password file. */
export function dockerRegistry(program: string): TargetKind {
  async function run(directory: string): Promise<{ server: SpawnedServer; url: string }> {
    const port = await freePort();
    const file = join(directory, 'config.yml');
    await writeFile(file, configuration(port, join(directory, 'store')));
    const url = `http://127.0.0.1:${port}`;
    const server = await spawnServer(program, ['serve', file], {
      url: `${url}/v2/`,
      logFile: join(directory, 'log'),
      env: { OTEL_TRACES_EXPORTER: 'none' },
    });
    return { server, url };
  }

  const kind: TargetKind = {
    name: 'docker-registry',
    role: 'peer',
    async start(): Promise<Target> {
      const directory = await mkdtemp(join(tmpdir(), 'wharf-bench-'));
      const { server, url } = await run(directory);
      return {
        name: kind.name,
        role: kind.role,
        url: new URL(url),
        pid: server.pid,
        namespace: 'admin/',
        authorize: async () => '',
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
  return kind;
}

function configuration(port: number, rootDirectory: string): string {
  return `version: 0.1
log:
  fields:
    service: registry
storage:
  cache:
    blobdescriptor: inmemory
  filesystem:
    rootdirectory: ${rootDirectory}
  delete:
    enabled: true
http:
  addr: 127.0.0.1:${port}
  headers:
    X-Content-Type-Options: [nosniff]
health:
  storagedriver:
    enabled: true
    interval: 10s
    threshold: 3
`;
}
