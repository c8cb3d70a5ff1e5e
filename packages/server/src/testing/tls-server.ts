import { copyFile, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { makeCertificates, type TestCertificates } from './certificates.ts';
import { type ServerOptions, type ServerProcess, startServer } from './server-process.ts';

export interface TlsServerProcess extends ServerProcess {
  /** URL of the plain listener. */
  readonly plainUrl: string;
  readonly plainPort: number;
  /** PEM of the authority that signed its first certificate. */
  readonly ca: string;
  readonly certificates: TestCertificates;
  /** Where `ssl.cert` and `ssl.key` lie. */
  readonly configDirectory: string;
}

/**
 * A server with HTTPS on a port that the system chooses, whose authority everything in this process trusts from then on. The names are those of
 * `makeCertificates`.
 */
export async function startTlsServer(
  options: ServerOptions & { readonly names?: string; readonly certificates?: TestCertificates } = {},
): Promise<TlsServerProcess> {
  const certificates =
    options.certificates ?? (await makeCertificates(options.names ?? 'IP:127.0.0.1,DNS:localhost'));
  const made = options.dataDirectory === undefined;
  const dataDirectory = options.dataDirectory ?? (await mkdtemp(join(tmpdir(), 'wharf-tls-')));
  const configDirectory = join(dataDirectory, 'test-config');
  await mkdir(configDirectory, { recursive: true });
  await installCertificate(configDirectory, certificates);
  const ca = await readFile(certificates.ca, 'utf8');
  trust(ca);
  const server = await startServer({
    ...options,
    dataDirectory,
    configuration: options.configuration ?? {},
    serveArguments: ['--listen-tls', '127.0.0.1:0', ...(options.serveArguments ?? [])],
  });
  const plainUrl = /"redirectAddress":"([^"]+)"/.exec(server.output())?.[1] ?? server.url;
  return {
    ...server,
    plainUrl,
    plainPort: Number(new URL(plainUrl).port),
    ca,
    certificates,
    configDirectory,
    async dispose() {
      await server.dispose();
      if (made) await rm(dataDirectory, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Lets everything in this process trust an authority. */
export function trust(ca: string): void {
  setDefaultCACertificates([...getCACertificates('default'), ca]);
}

/** Puts a pair into a configuration directory, each file in one step, as tools that renew certificates do. */
export async function installCertificate(directory: string, pair: TestCertificates): Promise<void> {
  for (const [from, name] of [
    [pair.certificate, 'ssl.cert'],
    [pair.key, 'ssl.key'],
  ] as const) {
    await copyFile(from, join(directory, `.${name}.new`));
    await rename(join(directory, `.${name}.new`), join(directory, name));
  }
}
