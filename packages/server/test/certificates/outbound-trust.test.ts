import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openDatabase } from '#/db/open-database.ts';
import { openTrustStore, type TrustStore } from '#/platform/certificates/trust-store.ts';
import { checkRedis } from '#/platform/check-redis.ts';
import { systemClock } from '#/platform/clock.ts';
import { silentLogger } from '#/platform/logger.ts';
import { createMailer } from '#/platform/mailer.ts';
import { createOutboundHttp } from '#/platform/outbound-http.ts';
import { openStorage } from '#/storage/open-storage.ts';
import { makeCertificates, type TestCertificates } from '#/testing/certificates.ts';
import { needsPrograms } from '#/testing/find-program.ts';
import { startPostgresql } from '#/testing/postgresql.ts';
import { startRedis } from '#/testing/redis.ts';
import { scratchDirectory } from '#/testing/scratch-directory.ts';
import { startSmtpSink } from '#/testing/smtp-sink.ts';
import { unprivilegedUser } from '#/testing/unprivileged-user.ts';

/** Connects once and throws when the other side is not trusted. */
type Connect = () => Promise<unknown>;

describe(
  'every way out trusts an authority that appears while running',
  needsPrograms('openssl', 'redis-server'),
  () => {
    const configuration = scratchDirectory();
    const stops: (() => Promise<unknown>)[] = [];
    const ways = new Map<string, Connect>();
    let certificates: TestCertificates;
    let trust: TrustStore;

    before(async () => {
      certificates = await makeCertificates('DNS:localhost', unprivilegedUser());
      const tls = {
        key: readFileSync(certificates.key, 'utf8'),
        cert: readFileSync(certificates.certificate, 'utf8'),
      };
      trust = await openTrustStore(
        { configuration, others: [] },
        { clock: systemClock, logger: silentLogger() },
      );
      stops.push(async () => trust.close());

      const web = await startWeb(tls);
      stops.push(() => new Promise((resolve) => web.close(resolve)));
      const webPort = (web.address() as AddressInfo).port;
      const outbound = createOutboundHttp({
        allowedHosts: ['localhost'],
        blockedHosts: [],
        allowPrivateAddresses: true,
      });
      for (const kind of ['configuration', 'user'] as const) {
        ways.set(`HTTPS to an address of a ${kind}`, () =>
          outbound.request({
            url: `https://localhost:${webPort}/`,
            method: 'GET',
            timeoutMs: 5000,
            trust: kind,
            maximumResponseBytes: 1000,
          }),
        );
      }
      ways.set('S3', async () => {
        const parameters = {
          hostname: 'localhost',
          port: webPort,
          is_secure: true,
          access_key: 'a',
          secret_key: 'b',
          bucket_name: 'bucket',
          storage_path: '/',
        };
        // A new one each time: its connections are kept and go on with the trust they began with.
        const storage = await openStorage([{ name: 'far', engine: 'RadosGWStorage', parameters }]);
        try {
          assert.equal(await storage.preferred.driver.stat('nothing'), undefined);
        } finally {
          await storage.close();
        }
      });

      const sink = await startSmtpSink({ tls });
      stops.push(() => sink.close());
      const mailer = createMailer(
        {
          server: 'localhost',
          port: sink.port,
          useTls: true,
          username: undefined,
          password: undefined,
          sender: 'registry@example.com',
          failSilently: false,
        },
        silentLogger(),
      );
      ways.set('SMTP', () => mailer.send({ to: 'a@example.com', subject: 's', text: 't', html: 't' }));

      const redis = await startRedis({ tls: certificates });
      stops.push(() => redis.stop());
      ways.set('Redis', () => checkRedis([{ host: 'localhost', port: redis.port, ssl: true }]));

      const flags = [
        'ssl=on',
        `ssl_cert_file=${certificates.certificate}`,
        `ssl_key_file=${certificates.key}`,
      ];
      const postgresql = await startPostgresql({ arguments: flags.flatMap((flag) => ['-c', flag]) });
      stops.push(() => postgresql.stop());
      ways.set('PostgreSQL', async () => {
        const uri = postgresql.uri.replace('127.0.0.1', 'localhost');
        const database = await openDatabase({
          uri,
          connectionArgs: { sslmode: 'verify-full', connect_timeout: 5 },
        });
        await database.close();
      });
    });

    after(async () => {
      for (const stop of stops.reverse()) await stop();
    });

    const names = [
      'HTTPS to an address of a configuration',
      'HTTPS to an address of a user',
      'S3',
      'SMTP',
      'Redis',
      'PostgreSQL',
    ];
    const connect = (name: string): Promise<unknown> => {
      const way = ways.get(name);
      assert.ok(way !== undefined, name);
      return way();
    };

    for (const name of names) test(`${name} is refused before`, () => assert.rejects(connect(name)));

    test('the authority is added beside a broken file', async () => {
      mkdirSync(join(configuration, 'extra_ca_certs'));
      writeFileSync(join(configuration, 'extra_ca_certs', 'broken.crt'), 'junk');
      copyFileSync(certificates.ca, join(configuration, 'extra_ca_certs', 'corp.crt'));
      const { files } = await trust.refresh();
      assert.deepEqual(
        files.map(({ path, fault }) => [path, fault === undefined]),
        [
          [join('extra_ca_certs', 'broken.crt'), false],
          [join('extra_ca_certs', 'corp.crt'), true],
        ],
      );
    });

    for (const name of names)
      test(`${name} is trusted then`, async () => {
        await connect(name);
      });

    test('the authority is taken away', async () => {
      rmSync(join(configuration, 'extra_ca_certs', 'corp.crt'));
      await trust.refresh();
    });

    for (const name of names) test(`${name} is refused again`, () => assert.rejects(connect(name)));
  },
);

/** An object store that has nothing but its bucket. */
async function startWeb(tls: { readonly key: string; readonly cert: string }): Promise<Server> {
  const server = createServer(tls, ({ url }, response) => {
    response.writeHead(url?.includes('nothing') ? 404 : 200).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
