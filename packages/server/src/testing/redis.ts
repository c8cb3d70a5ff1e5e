import { createConnection } from 'node:net';
import type { TestCertificates } from './certificates.ts';
import { waitUntilReady } from './database-server.ts';
import { findProgram } from './find-program.ts';
import { freePort } from './free-port.ts';
import { type GuardedProcess, startGuarded } from './guarded-process.ts';
import { scratchDirectory } from './scratch-directory.ts';

/** A Redis for tests on a loopback port of its own; it ends with this process at the latest. */
export interface RedisServer {
  readonly port: number;
  /** Ends it; the port stays its own. */
  halt(): Promise<void>;
  /** Starts it again after `halt`. */
  resume(): Promise<void>;
  stop(): Promise<void>;
}

/** Needs the program redis-server. With `tls` it speaks nothing else. */
export async function startRedis(options: { readonly tls?: TestCertificates } = {}): Promise<RedisServer> {
  const program = findProgram('redis-server');
  if (program === undefined) throw new Error('redis-server is not installed');
  const port = await freePort();
  const directory = scratchDirectory();
  const { tls } = options;
  const listen =
    tls === undefined
      ? ['--port', String(port)]
      : [
          '--port',
          '0',
          '--tls-port',
          String(port),
          '--tls-auth-clients',
          'no',
          '--tls-ca-cert-file',
          tls.ca,
          '--tls-cert-file',
          tls.certificate,
          '--tls-key-file',
          tls.key,
        ];
  let running: GuardedProcess | undefined;
  const resume = async (): Promise<void> => {
    const started = startGuarded(
      program,
      [...listen, '--bind', '127.0.0.1', '--dir', directory, '--save', '', '--appendonly', 'no'],
      { signal: 'TERM' },
    );
    running = started;
    await waitUntilReady(started, () => connectOnce(port));
  };
  const halt = async (): Promise<void> => {
    await running?.stop();
    running = undefined;
  };
  await resume();
  return { port, halt, resume, stop: halt };
}

function connectOnce(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
    socket.once('error', reject);
  });
}
