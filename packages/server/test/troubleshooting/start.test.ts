import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';

import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { makeCertificates, type TestCertificates } from '#/testing/certificates.ts';
import { tryClient } from '#/testing/client-process.ts';
import { eventually } from '#/testing/eventually.ts';
import { findProgram, needsPrograms } from '#/testing/find-program.ts';
import { freePort } from '#/testing/free-port.ts';
import { startPostgresql } from '#/testing/postgresql.ts';
import { callHttp } from '#/testing/push-http.ts';
import { startRedis } from '#/testing/redis.ts';
import { scratchDirectory } from '#/testing/scratch-directory.ts';
import { createPostgresqlDatabase } from '#/testing/server-databases.ts';
import { startServer } from '#/testing/server-process.ts';
import { installCertificate, startTlsServer } from '#/testing/tls-server.ts';
import { writeTestConfiguration } from '#/testing/write-test-configuration.ts';
import { basic, checkSection, refusalOf } from './page.ts';

const execute = promisify(execFile);
const mainFile = resolve(import.meta.dirname, '../../src/main.ts');

/** What `wharf serve` says on standard error before it ends with this exit code. */
async function refusedStart(
  exitCode: number,
  keys: Readonly<Record<string, unknown>>,
  options: { readonly pair?: TestCertificates; readonly listen?: string } = {},
): Promise<string> {
  const dataDirectory = scratchDirectory();
  const config = await writeTestConfiguration(dataDirectory, keys);
  if (options.pair !== undefined) await installCertificate(config, options.pair);
  const words = ['serve', '--listen', options.listen ?? '127.0.0.1:0', '--metrics-listen', '127.0.0.1:0'];
  const tls = options.pair === undefined ? [] : ['--listen-tls', '127.0.0.1:0'];
  const { code, stderr } = await tryClient(process.execPath, [
    ...[mainFile, ...words, ...tls],
    ...['--data', dataDirectory, '--config', config],
  ]);
  assert.equal(code, exitCode, stderr);
  return stderr.trim();
}

const anyWhere = { exact: false };

checkSection(
  'The server does not start',
  {
    'wharf: the configuration has …; correct it, or set IGNORE_VALIDATION=true to start with defaults instead':
      () => refusedStart(3, { AUTHENTICATION_TYPE: 'Nothing' }),
    '… is in use by another program; choose another address with --listen or --metrics-listen': async () => {
      const other = createServer().listen(0, '127.0.0.1');
      await once(other, 'listening');
      const address = other.address();
      assert.ok(address !== null && typeof address === 'object');
      try {
        return await refusedStart(1, {}, { listen: `127.0.0.1:${address.port}` });
      } finally {
        other.close();
      }
    },
    'The private key does not belong to the certificate: copy the two files that were made together.':
      async () => {
        const [one, other] = [
          await makeCertificates('DNS:localhost'),
          await makeCertificates('DNS:localhost'),
        ];
        return refusedStart(3, {}, { pair: { ...one, key: other.key } });
      },
    'The private key is protected by a passphrase, which nobody can type when the server starts; store it without: …':
      async () => {
        const pair = await makeCertificates('DNS:localhost');
        const key = join(scratchDirectory(), 'locked.key');
        await execute('openssl', ['pkey', '-in', pair.key, '-aes256', '-passout', 'pass:word', '-out', key]);
        return refusedStart(3, {}, { pair: { ...pair, key } });
      },
  },
  { ...anyWhere, ...needsPrograms('openssl') },
);

/** A certificate of the key that was good for a day in 2020. */
async function makeExpired(key: string, certificate: string): Promise<void> {
  const cwd = scratchDirectory();
  const configuration = `[ca]
default_ca = own
[own]
database = index
new_certs_dir = .
default_md = sha256
policy = names
x509_extensions = extensions
rand_serial = yes
[names]
commonName = supplied
[extensions]
subjectAltName = DNS:registry.example.com
`;
  await writeFile(join(cwd, 'configuration'), configuration);
  await writeFile(join(cwd, 'index'), '');
  await execute('openssl', ['req', '-new', '-key', key, '-subj', '/CN=over', '-out', 'request'], { cwd });
  const dates = ['-startdate', '20200101000000Z', '-enddate', '20200102000000Z'];
  const files = ['-keyfile', key, '-in', 'request', '-out', certificate];
  const words = ['ca', '-batch', '-selfsign', '-notext', '-config', 'configuration', ...dates, ...files];
  await execute('openssl', words, { cwd });
}

/** The log of a server with this certificate. */
async function logOf(names: string, change: (pair: TestCertificates) => Promise<void>): Promise<string> {
  const certificates = await makeCertificates(names);
  await change(certificates);
  const server = await startTlsServer({
    certificates,
    configuration: { SERVER_HOSTNAME: 'registry.example.com' },
  });
  try {
    return server.output();
  } finally {
    await server.dispose();
  }
}

checkSection(
  'Certificates',
  {
    'ssl.cert: The certificate is not for …; the names that it is good for: …': () =>
      logOf('DNS:other.example.com', async () => undefined),
    'ssl.cert: The certificate expired at …; replace it.': () =>
      logOf('DNS:registry.example.com', async ({ certificate, key }) => {
        await makeExpired(key, certificate);
      }),
  },
  { ...anyWhere, ...needsPrograms('openssl') },
);

checkSection(
  'Database, Redis',
  {
    'The database cannot be reached at present. Try again.': async () => {
      const postgresql = await startPostgresql();
      const { uri } = await createPostgresqlDatabase(postgresql.uri, 'empty');
      const server = await startServer({ configuration: { DB_URI: uri } });
      try {
        await postgresql.stop();
        const url = `${server.url}/v2/auth?service=${server.host}`;
        return await refusalOf(url, { method: 'GET', headers: basic('alice', 'alice-password') }, 503);
      } finally {
        await server.dispose();
      }
    },
    'wharf: cannot use the … database at …; check DB_URI and that the database runs': async () =>
      refusedStart(4, {
        DB_URI: `postgresql://nobody@127.0.0.1:${await freePort()}/quay`,
        DB_CONNECTION_ARGS: { connect_timeout: 1 },
      }),
    'Redis is away; it is tried again': async () => {
      const redis = await startRedis();
      const server = await startServer({
        configuration: { USER_EVENTS_REDIS: { host: '127.0.0.1', port: redis.port } },
      });
      try {
        await eventually('Redis is seen', 10_000, async () => {
          const { status } = await callHttp(`${server.url}/health/endtoend`, { method: 'GET' });
          return status === 200;
        });
        await redis.stop();
        await eventually('a line in the log', 20_000, async () => server.output().includes('Redis is away'));
        return server.output();
      } finally {
        await server.dispose();
      }
    },
  },
  { ...anyWhere, skip: findProgram('redis-server') === undefined ? 'needs redis-server' : false },
);
