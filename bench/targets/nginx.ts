import { mkdir, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { freePort } from '@wharf/server/src/testing/free-port.ts';
import { spawnServer } from '#/process/spawn-server.ts';
import type { Target, TargetKind } from '#/targets/target.ts';

/** nginx with static files at the paths of blobs: what the machine can send at most, without asking anybody. */
export function nginx(program: string): TargetKind {
  const kind: TargetKind = {
    name: 'nginx, static file',
    role: 'limit',
    async start(): Promise<Target> {
      const directory = await mkdtemp(join(tmpdir(), 'wharf-bench-'));
      const port = await freePort();
      const root = join(directory, 'root');
      await mkdir(root);
      const file = join(directory, 'nginx.conf');
      await writeFile(file, configuration(port, directory));
      const url = `http://127.0.0.1:${port}`;
      const server = await spawnServer(
        program,
        ['-c', file, '-p', directory, '-e', join(directory, 'error.log')],
        {
          url: `${url}/`,
          logFile: join(directory, 'log'),
        },
      );
      return {
        name: kind.name,
        role: kind.role,
        url: new URL(url),
        pid: server.pid,
        namespace: '',
        authorize: async () => '',
        async place(repository, digest, pieces) {
          const blob = join(root, 'v2', repository, 'blobs', digest);
          await mkdir(dirname(blob), { recursive: true });
          const handle = await open(blob, 'w');
          for (const piece of pieces) await handle.write(piece);
          await handle.sync();
          await handle.close();
        },
        async dispose() {
          await server.stop();
          await rm(directory, { recursive: true, force: true });
        },
      };
    },
  };
  return kind;
}

function configuration(port: number, directory: string): string {
  const temporaryPaths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `  ${name}_temp_path ${directory}/${name};`)
    .join('\n');
  return `user root;
worker_processes 2;
daemon off;
pid ${directory}/pid;
events { worker_connections 1024; }
http {
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000000;
${temporaryPaths}
  server {
    listen 127.0.0.1:${port};
    root ${directory}/root;
  }
}
`;
}
