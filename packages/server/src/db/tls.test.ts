import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { sql } from 'kysely';
import { openDatabase } from '#/db/open-database.ts';
import { makeCertificates, type TestCertificates } from '#/testing/certificates.ts';
import type { DatabaseServer } from '#/testing/database-server.ts';
import { startMariadb } from '#/testing/mariadb.ts';
import { startPostgresql } from '#/testing/postgresql.ts';
import { unprivilegedUser } from '#/testing/unprivileged-user.ts';

type Args = (certificates: TestCertificates, strangers: TestCertificates) => Record<string, unknown>;

/** What the connection is by the host name and by the address; the certificate names only the former. */
type Outcome = 'encrypted' | 'clear' | 'refused';
type Case = [title: string, args: Args, byName: Outcome, byAddress: Outcome];

const servers = [
  {
    name: 'postgresql',
    start: ({ certificate, key }: TestCertificates) =>
      startPostgresql({
        arguments: ['ssl=on', `ssl_cert_file=${certificate}`, `ssl_key_file=${key}`].flatMap((flag) => [
          '-c',
          flag,
        ]),
      }),
    isEncrypted: sql<{ encrypted: number }>`
      select ssl as encrypted from pg_stat_ssl where pid = pg_backend_pid()`,
    needed: true,
    cases: [
      ['nothing said', () => ({}), 'encrypted', 'encrypted'],
      ['sslmode disable', () => ({ sslmode: 'disable' }), 'clear', 'clear'],
      ['sslmode require', () => ({ sslmode: 'require' }), 'encrypted', 'encrypted'],
      ['a CA', ({ ca }) => ({ ssl: { ca } }), 'encrypted', 'refused'],
      ['verify-ca', ({ ca }) => ({ sslmode: 'verify-ca', sslrootcert: ca }), 'encrypted', 'encrypted'],
      ['verify-full', ({ ca }) => ({ sslmode: 'verify-full', sslrootcert: ca }), 'encrypted', 'refused'],
      ["a stranger's CA", (_, { ca }) => ({ sslmode: 'verify-ca', sslrootcert: ca }), 'refused', 'refused'],
    ] satisfies Case[],
  },
  {
    name: 'mariadb',
    start: ({ certificate, key }: TestCertificates) =>
      startMariadb({ arguments: [`--ssl-cert=${certificate}`, `--ssl-key=${key}`] }),
    isEncrypted: sql<{ encrypted: number }>`
      select variable_value <> '' as encrypted from information_schema.session_status
      where variable_name = 'Ssl_cipher'`,
    needed: process.env.REQUIRE_ALL === '1',
    cases: [
      ['nothing said', () => ({}), 'clear', 'clear'],
      ['a CA', ({ ca }) => ({ ssl: { ca } }), 'encrypted', 'refused'],
      ["a stranger's CA", (_, { ca }) => ({ ssl: { ca } }), 'refused', 'refused'],
    ] satisfies Case[],
  },
];

const openssl = hasOpenssl();

for (const { name, start, isEncrypted, needed, cases } of servers) {
  describe(`TLS to ${name}`, { skip: openssl ? false : 'needs openssl' }, () => {
    let certificates: TestCertificates;
    let strangers: TestCertificates;
    let server: DatabaseServer | undefined;
    let reason = '';
    before(async () => {
      certificates = await makeCertificates(
        'DNS:localhost',
        name === 'postgresql' ? unprivilegedUser() : undefined,
      );
      strangers = await makeCertificates('DNS:localhost');
      try {
        server = await start(certificates);
      } catch (error) {
        if (needed) throw error;
        reason = String(error);
      }
    });
    after(() => server?.stop());

    for (const [title, args, byName, byAddress] of cases) {
      for (const [host, expected] of [
        ['localhost', byName],
        ['127.0.0.1', byAddress],
      ] as const) {
        test(`${title}, ${host}: ${expected}`, async (context) => {
          if (server === undefined) {
            context.skip(reason);
            return;
          }
          const uri = server.uri.replace('127.0.0.1', host);
          const connectionArgs = { ...args(certificates, strangers), connect_timeout: 5 };
          const outcome = await openDatabase({ uri, connectionArgs }).then(
            async (database) => {
              const { rows } = await isEncrypted.execute(database.read);
              await database.close();
              return rows[0]?.encrypted === 1 ? 'encrypted' : 'clear';
            },
            () => 'refused',
          );
          assert.equal(outcome, expected);
        });
      }
    }
  });
}

test('a certificate for an address is accepted at that address, time and again', async (context) => {
  if (!openssl) {
    context.skip('needs openssl');
    return;
  }
  const certificates = await makeCertificates('IP:127.0.0.1');
  const [, mariadb] = servers;
  const server = await mariadb?.start(certificates).catch((error: unknown) => {
    if (mariadb.needed) throw error;
    context.skip(String(error));
  });
  if (server === undefined) return;
  context.after(() => server.stop());
  const connectionArgs = { ssl: { ca: certificates.ca }, max_connections: 4 };
  const database = await openDatabase({ uri: server.uri, connectionArgs });
  context.after(() => database.close());
  await Promise.all([1, 2, 3, 4].map(() => sql`select sleep(0.1)`.execute(database.read)));
  await assert.rejects(openDatabase({ uri: server.uri.replace('127.0.0.1', 'localhost'), connectionArgs }));
});

function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
