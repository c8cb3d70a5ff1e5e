import { mkdir, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { makeCertificates } from '@wharf/server/src/testing/certificates.ts';
import { freePort } from '@wharf/server/src/testing/free-port.ts';
import { createPushClient } from '@wharf/server/src/testing/push-client.ts';
import { makePushBlob } from '@wharf/server/src/testing/push-image.ts';
import { initializeServer } from '@wharf/server/src/testing/server-process.ts';
import { startTlsServer, trust } from '@wharf/server/src/testing/tls-server.ts';
import { findProgram } from '#/process/find-program.ts';
import { spawnServer } from '#/process/spawn-server.ts';
import type { Role } from '#/targets/target.ts';

/** A server with HTTPS and one blob; both kinds have the same certificate, RSA of 2048 bits. */
export interface TlsTarget {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  dispose(): Promise<void>;
}

const names = 'IP:127.0.0.1,DNS:localhost';

/** Starts Wharf, or nginx with the blob as a static file. */
export async function startTlsTarget(role: Role, blob: Buffer): Promise<TlsTarget> {
  return role === 'wharf' ? await startWharf(blob) : await startNginx(blob);
}

async function startWharf(bytes: Buffer): Promise<TlsTarget> {
  const server = await startTlsServer({ names, env: { WHARF_ACCESS_LOG: 'true' } });
  await initializeServer(server);
  const client = createPushClient({ server, repository: 'admin/bench' });
  const blob = makePushBlob(bytes);
  await client.pushBlob(blob, 'monolithic');
  const authorization = `Bearer ${await client.token()}`;
  client.close();
  return {
    url: server.url,
    port: server.port,
    pid: server.pid,
    path: `/v2/admin/bench/blobs/${blob.digest}`,
    headers: { authorization },
    dispose: () => server.dispose(),
  };
}

async function startNginx(bytes: Buffer): Promise<TlsTarget> {
  const program = findProgram('nginx');
  if (program === undefined) throw new Error('nginx is not installed');
  const directory = await mkdtemp(join(tmpdir(), 'wharf-bench-'));
  const { certificate, key, ca } = await makeCertificates(names);
  trust(await readFile(ca, 'utf8'));
  const [port, plainPort] = [await freePort(), await freePort()];
  const path = '/v2/bench/blob';
  const file = join(directory, 'root', path);
  await mkdir(dirname(file), { recursive: true });
  const handle = await open(file, 'w');
  await handle.write(bytes);
  await handle.close();
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${directory}/${name};`)
    .join(' ');
  const configuration = join(directory, 'nginx.conf');
  await writeFile(
    configuration,
    `user root; worker_processes 2; daemon off; pid ${directory}/pid;
events { worker_connections 1024; }
http {
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000000; ${temporary}
  server {
    listen 127.0.0.1:${plainPort};
    listen 127.0.0.1:${port} ssl http2;
    ssl_certificate ${certificate};
    ssl_certificate_key ${key};
    ssl_protocols TLSv1.2 TLSv1.3;
    root ${directory}/root;
  }
}
`,
  );
  const server = await spawnServer(
    program,
    ['-c', configuration, '-p', directory, '-e', join(directory, 'error.log')],
    { url: `http://127.0.0.1:${plainPort}/`, logFile: join(directory, 'log') },
  );
  return {
    url: `https://127.0.0.1:${port}`,
    port,
    pid: server.pid,
    path,
    headers: {},
    async dispose() {
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
