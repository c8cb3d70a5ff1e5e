import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { runCli } from '#/cli/run-cli.ts';
import { migrate } from '#/db/migrate.ts';
import { openDatabase } from '#/db/open-database.ts';
import { manualClock } from '#/platform/clock.ts';
import { needsPrograms } from '#/testing/find-program.ts';
import { scratchDirectory } from '#/testing/scratch-directory.ts';
import { writeTestConfiguration } from '#/testing/write-test-configuration.ts';
import type { Finding } from './finding.ts';
import { runDoctor } from './run-doctor.ts';

const secrets = {
  database: 'secret-of-the-database',
  redis: 'secret-of-redis',
  store: 'secret-of-the-store',
  ldap: 'secret-of-ldap',
};

interface Home {
  readonly data: string;
  readonly config: string;
}

async function home(
  keys: Readonly<Record<string, unknown>>,
  files: Readonly<Record<string, string | Buffer>> = {},
): Promise<Home> {
  const data = scratchDirectory();
  await mkdir(join(data, 'storage'));
  const config = await writeTestConfiguration(data, { SERVER_HOSTNAME: '127.0.0.1:1', ...keys });
  for (const [name, content] of Object.entries(files)) {
    await mkdir(join(config, name, '..'), { recursive: true });
    writeFileSync(join(config, name), content);
  }
  return { data, config };
}

async function doctor({ data, config }: Home, ...more: readonly string[]) {
  let out = '';
  const add = (text: string): void => {
    out += text;
  };
  const args = ['doctor', '--data', data, '--config', config, ...more];
  const code = await runCli(args, 'test', { writeOut: add, writeErr: add });
  for (const secret of Object.values(secrets)) assert.ok(!out.includes(secret), out);
  return { code, out };
}

async function findings(at: Home): Promise<{ code: number; found: readonly Finding[] }> {
  const { code, out } = await doctor(at, '--json');
  return { code, found: JSON.parse(out).findings };
}

/** The line of one check, and the exit code that it makes. */
async function expectFinding(
  at: Home,
  check: string,
  status: Finding['status'],
  expected: RegExp,
): Promise<void> {
  const { code, found } = await findings(at);
  const one = found.find((finding) => finding.check === check && finding.status === status);
  assert.ok(one, JSON.stringify(found, null, 1));
  assert.match(one.message, expected);
  if (status !== 'ok') assert.ok((one.advice ?? '').length > 10, 'says what to do');
  assert.equal(code, found.some((finding) => finding.status === 'failed') ? 1 : 0);
}

async function withSchema(at: Home, statement?: string): Promise<Home> {
  const path = join(at.data, 'wharf.db');
  const database = await openDatabase({ uri: `sqlite:///${path}` });
  await migrate(database);
  await database.close();
  if (statement !== undefined) {
    const { DatabaseSync } = await import('node:sqlite');
    const raw = new DatabaseSync(path);
    raw.exec(statement);
    raw.close();
  }
  return at;
}

describe('wharf doctor', () => {
  test('before the first start: nothing fails, and it says what is not there yet', async () => {
    const at = await home({});
    rmSync(join(at.data, 'storage'), { recursive: true });
    const { code, out } = await doctor(at);
    assert.equal(code, 0, out);
    assert.match(out, /^ok {7}configuration: .* has no errors\.$/m);
    assert.match(out, /^warning {2}database: The file .* does not exist yet\.\n {9}-> The first start/m);
    assert.match(out, /^warning {2}storage default: The directory .* does not exist yet\./m);
    assert.match(out, /^ok {7}redis: None is configured/m);
    assert.match(out, /^ok {7}sign-in: AUTHENTICATION_TYPE Database/m);
    assert.match(out, /^warning {2}address answer: http:\/\/127\.0\.0\.1:1: .*nothing listens there/m);
    assert.match(out, /^0 failed, \d+ warnings, \d+ ok$/m);
  });

  test('a configuration with errors, and none', async () => {
    await expectFinding(
      await home({ SERVER_HOSTNAME: 'https://x/' }),
      'configuration',
      'failed',
      /^SERVER_HOSTNAME/,
    );
    const empty = scratchDirectory();
    const [none] = await runDoctor({ directory: undefined, dataDirectory: empty });
    assert.deepEqual([none?.check, none?.status], ['configuration', 'warning']);
    const nowhere = await doctor({ data: empty, config: join(empty, 'nowhere') });
    assert.equal(nowhere.code, 1);
    assert.match(nowhere.out, /^failed {3}configuration: config\.yaml does not exist/m);
  });

  test('database: there, behind, ahead, away', async () => {
    const at = await withSchema(await home({}));
    await expectFinding(at, 'database', 'ok', /^SQLite 3\.\S+ answers\.$/);
    await expectFinding(at, 'database schema', 'ok', /up to date/);
    const behind = await withSchema(await home({}), 'delete from schema_migrations where number > 1');
    await expectFinding(behind, 'database schema', 'warning', /lacks \d+ migrations/);
    const ahead = await withSchema(
      await home({}),
      "insert into schema_migrations (number, name, applied_ms) values (9999, 'later', 1)",
    );
    await expectFinding(ahead, 'database schema', 'failed', /schema version 9999/);
    for (const uri of ['postgresql://wharf', 'mysql+pymysql://wharf']) {
      const away = await home({ DB_URI: `${uri}:${secrets.database}@127.0.0.1:1/wharf` });
      await expectFinding(away, 'database', 'failed', /127\.0\.0\.1:1.*nothing listens there/);
    }
  });

  test('storage: a round trip that leaves nothing, a file in its place, a store that is away', async () => {
    const at = await home({});
    await expectFinding(at, 'storage default', 'ok', /^LocalStorage wrote, read and removed an object/);
    const left = execFileSync('find', [join(at.data, 'storage'), '-type', 'f'], { encoding: 'utf8' });
    assert.equal(left, '');
    const broken = await home({});
    rmSync(join(broken.data, 'storage'), { recursive: true });
    writeFileSync(join(broken.data, 'storage'), '');
    await expectFinding(broken, 'storage default', 'failed', /./);
    const away = {
      hostname: '127.0.0.1',
      port: 1,
      is_secure: false,
      access_key: 'key',
      secret_key: secrets.store,
      bucket_name: 'bucket',
      storage_path: '/x',
    };
    const config = { DISTRIBUTED_STORAGE_CONFIG: { default: ['RadosGWStorage', away] } };
    await expectFinding(await home(config), 'storage default', 'failed', /nothing listens there/);
  });

  test('Redis and directory that are away', async () => {
    const redis = { BUILDLOGS_REDIS: { host: '127.0.0.1', port: 1, password: secrets.redis } };
    await expectFinding(await home(redis), 'redis', 'failed', /^BUILDLOGS_REDIS: Redis at 127\.0\.0\.1:1/);
    const ldap = {
      AUTHENTICATION_TYPE: 'LDAP',
      LDAP_URI: 'ldap://127.0.0.1:1',
      LDAP_BASE_DN: ['dc=example', 'dc=com'],
      LDAP_USER_RDN: ['ou=people'],
      LDAP_ADMIN_DN: 'cn=admin,dc=example,dc=com',
      LDAP_ADMIN_PASSWD: secrets.ldap,
    };
    await expectFinding(await home(ldap), 'sign-in ldap', 'failed', /ECONNREFUSED/);
  });

  test('disk: below the thresholds of health', async () => {
    await expectFinding(await home({}), 'disk', 'ok', /% \(\d+\.\d GB\) of the volume of .* is free/);
    await expectFinding(await home({ DISKSPACE_HEALTH_WARNING_THRESHOLD: 1 }), 'disk', 'warning', /is free/);
    await expectFinding(await home({ DISKSPACE_HEALTH_THRESHOLD: 1 }), 'disk', 'failed', /is free/);
  });

  test('a clock that fell back', async () => {
    const { config, data } = await home({});
    const clock = manualClock(Date.UTC(2020, 0, 1));
    const found = await runDoctor({ directory: config, dataDirectory: data }, clock);
    const one = found.find(({ check, status }) => check === 'clock' && status === 'failed');
    assert.match(
      one?.message ?? '',
      /^This machine says 2020-01-01T00:00:00\.000Z, but its data were written later/,
    );
  });

  test('names that do not resolve, and none', async () => {
    const nowhere = await home({ SERVER_HOSTNAME: 'registry.invalid' });
    await expectFinding(nowhere, 'address name', 'failed', /^The name registry\.invalid cannot be resolved/);
    await expectFinding(
      await home({ SERVER_HOSTNAME: null }),
      'address',
      'warning',
      /SERVER_HOSTNAME is not set/,
    );
  });
});

describe('wharf doctor on certificates', needsPrograms('openssl'), () => {
  const directory = scratchDirectory();
  const openssl = (line: string): void => {
    execFileSync('openssl', line.split(' '), { cwd: directory, stdio: 'pipe' });
  };
  const read = (name: string): Buffer => readFileSync(join(directory, name));
  for (const [name, days] of [
    ['good', 300],
    ['soon', 5],
  ] as const) {
    openssl(
      `req -x509 -newkey rsa:2048 -nodes -keyout ${name}.key -out ${name}.pem -days ${days} -subj /CN=x -addext subjectAltName=IP:127.0.0.1`,
    );
  }
  openssl('req -new -key good.key -out over.csr -subj /CN=old-authority');
  openssl('x509 -req -in over.csr -signkey good.key -days -1 -out over.pem');
  const pair = (certificate: string, key: string) => ({
    'ssl.cert': read(certificate),
    'ssl.key': read(key),
  });
  const check = 'certificates ssl.cert';

  test('of the server', async () => {
    await expectFinding(await home({}), check, 'ok', /without TLS/);
    await expectFinding(await home({ EXTERNAL_TLS_TERMINATION: true }), check, 'ok', /ends in front/);
    await expectFinding(await home({}, pair('good.pem', 'good.key')), check, 'ok', /^It ends in 299 days/);
    await expectFinding(await home({}, pair('soon.pem', 'soon.key')), check, 'warning', /^It ends in 4 days/);
    await expectFinding(await home({}, pair('over.pem', 'good.key')), check, 'failed', /expired at/);
    await expectFinding(await home({}, pair('good.pem', 'soon.key')), check, 'failed', /does not belong/);
    const elsewhere = await home({ SERVER_HOSTNAME: 'registry.invalid' }, pair('good.pem', 'good.key'));
    await expectFinding(elsewhere, check, 'failed', /not for registry\.invalid/);
    const keyless = await home({ PREFERRED_URL_SCHEME: 'https' });
    await expectFinding(keyless, check, 'failed', /there is no ssl\.key/);
    await expectFinding(await home({}, { 'ssl.key': read('good.key') }), check, 'failed', /missing/);
  });

  test('of further authorities', async () => {
    const at = await home(
      {},
      {
        'extra_ca_certs/good.crt': read('good.pem'),
        'extra_ca_certs/over.crt': read('over.pem'),
        'extra_ca_certs/broken.crt': 'x',
      },
    );
    await expectFinding(at, 'certificates extra_ca_certs/good.crt', 'ok', /^One authority is trusted/);
    await expectFinding(at, 'certificates extra_ca_certs/over.crt', 'warning', /not trusted: old-authority/);
    await expectFinding(at, 'certificates extra_ca_certs/broken.crt', 'failed', /holds no certificate/);
  });
});
