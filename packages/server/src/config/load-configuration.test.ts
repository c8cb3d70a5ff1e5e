import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { inspectConfiguration, loadConfiguration } from '#/config/load-configuration.ts';
import { InvalidConfigurationError, type Problem } from '#/config/problem.ts';

let root = '';
let count = 0;

before(async () => {
  root = await mkdtemp(join(tmpdir(), 'wharf-config-'));
});
after(async () => {
  await rm(root, { recursive: true, force: true });
});

type Env = Readonly<Record<string, string | undefined>>;

/** A directory with this file, and a data directory beside it. */
async function place(source: string | undefined) {
  count += 1;
  const home = join(root, String(count));
  const directory = join(home, 'config');
  await mkdir(directory, { recursive: true });
  if (source !== undefined) await writeFile(join(directory, 'config.yaml'), source);
  return { directory, dataDirectory: join(home, 'data') };
}

const keys = 'SECRET_KEY: "11"\nDATABASE_SECRET_KEY: "12"\nFEATURE_MAILING: false\n';

async function load(source: string, env: Env = {}) {
  return loadConfiguration({ ...(await place(keys + source)), env });
}

async function problemsOf(source: string, env: Env = {}): Promise<readonly Problem[]> {
  const report = await inspectConfiguration({ ...(await place(source)), env });
  return report.problems;
}

function brief(problems: readonly Problem[]): string[] {
  return problems.map(({ severity, key }) => `${severity} ${key}`);
}

describe('loading', () => {
  test('reads values in the units of the code', async () => {
    const { configuration } = await load(
      'MAXIMUM_LAYER_SIZE: 2G\nDEFAULT_TAG_EXPIRATION: 1d\nAPP_SPECIFIC_TOKEN_EXPIRATION: 4w\nSERVER_HOSTNAME: quay.example.com:8443\n',
    );
    assert.equal(configuration.server.maximumLayerSizeBytes, 2 * 1024 ** 3);
    assert.equal(configuration.timeMachine.defaultTagExpirationSeconds, 86_400);
    assert.equal(configuration.access.appSpecificTokenExpirationSeconds, 2_419_200);
    assert.equal(configuration.server.serverHostname, 'quay.example.com:8443');
  });

  test('null switches a default off where it means something', async () => {
    assert.equal((await load('')).configuration.access.expiredAppSpecificTokenGraceSeconds, 86_400);
    const { configuration } = await load('EXPIRED_APP_SPECIFIC_TOKEN_GC: null\n');
    assert.equal(configuration.access.expiredAppSpecificTokenGraceSeconds, undefined);
  });

  test('the environment comes last', async () => {
    const { configuration } = await load('SERVER_HOSTNAME: a\nV2_PAGINATION_SIZE: 7\n', {
      QUAY_OVERRIDE_CONFIG: '{"SERVER_HOSTNAME": "b"}',
    });
    assert.equal(configuration.server.serverHostname, 'b');
    assert.equal(configuration.registry.paginationSize, 7);
  });

  test('a secret key is the same as bare number, as text, and in the override', async () => {
    const digits = '78541660797044910968829902406342334108369226379826116161446442989268089806461';
    const bare = await loadConfiguration({ ...(await place(`SECRET_KEY: ${digits}\n`)), env: {} });
    const quoted = await loadConfiguration({ ...(await place(`SECRET_KEY: "${digits}"\n`)), env: {} });
    const override = await load('', { QUAY_OVERRIDE_CONFIG: `{"SECRET_KEY": ${digits}}` });
    assert.equal(bare.configuration.secrets.secretKey.toString('hex'), BigInt(digits).toString(16));
    assert.deepEqual(quoted.configuration.secrets.secretKey, bare.configuration.secrets.secretKey);
    assert.deepEqual(override.configuration.secrets.secretKey, bare.configuration.secrets.secretKey);
  });

  test('the storage preference is that of the environment, else of the file, else all', async () => {
    const two =
      'DISTRIBUTED_STORAGE_CONFIG: {a: [LocalStorage, {storage_path: /a}], b: [LocalStorage, {storage_path: /b}]}\n';
    const chosen = 'DISTRIBUTED_STORAGE_PREFERENCE: [b]\n';
    const env = { QUAY_DISTRIBUTED_STORAGE_PREFERENCE: 'b  a' };
    assert.deepEqual((await load(two)).configuration.storage.preference, ['a', 'b']);
    assert.deepEqual((await load(two + chosen)).configuration.storage.preference, ['b']);
    assert.deepEqual((await load(two + chosen, env)).configuration.storage.preference, ['b', 'a']);
  });

  const cookieCases: readonly (readonly [source: string, secure: boolean])[] = [
    ['', false],
    ['SESSION_COOKIE_SECURE: true', true],
    ['PREFERRED_URL_SCHEME: https', true],
    ['PREFERRED_URL_SCHEME: https\nFORCE_NONSECURE_SESSION_COOKIE: true', false],
    ['PREFERRED_URL_SCHEME: https\nFORCE_NONSECURE_SESSION_COOKIE: true\nSESSION_COOKIE_SECURE: true', true],
  ];
  for (const [source, secure] of cookieCases) {
    test(`cookies are ${secure ? '' : 'not '}secure with ${JSON.stringify(source)}`, async () => {
      assert.equal((await load(source)).configuration.sessions.sessionCookieSecure, secure);
    });
  }

  const processCases: readonly (readonly [env: Env, processes: number | undefined])[] = [
    [{}, undefined],
    [{ WORKER_COUNT: '3' }, 3],
    [{ WORKER_COUNT: '3', WORKER_COUNT_REGISTRY: '5' }, 5],
  ];
  for (const [env, processes] of processCases) {
    test(`${JSON.stringify(env)} gives ${processes} processes`, async () => {
      assert.equal((await load('', env)).configuration.workers.registryProcesses, processes);
    });
  }

  test('DB_CONNECTION_POOLING of the environment counts over the file', async () => {
    const { configuration } = await load('', { DB_CONNECTION_POOLING: 'false' });
    assert.equal(configuration.database.connectionPooling, false);
  });

  test('DEBUGLOG makes the log verbose', async () => {
    assert.equal((await load('', { DEBUGLOG: 'true' })).configuration.logging.level, 'debug');
    assert.equal((await load('')).configuration.logging.level, 'info');
  });

  test('the old host-only form of redis counts while the object is missing', async () => {
    const { configuration } = await load('USER_EVENTS_REDIS_HOSTNAME: old\n');
    assert.deepEqual(configuration.redis.userEvents, { host: 'old' });
    assert.equal(configuration.redis.buildLogs, undefined);
    const both = await load('USER_EVENTS_REDIS_HOSTNAME: old\nUSER_EVENTS_REDIS: {host: new}\n');
    assert.deepEqual(both.configuration.redis.userEvents, { host: 'new' });
  });

  test('sub-keys in the case of the guide are read', async () => {
    const { configuration } = await load('USER_EVENTS_REDIS: {HOST: a, PORT: "1", PASSWORD: p}\n');
    assert.deepEqual(configuration.redis.userEvents, { host: 'a', port: 1, password: 'p' });
  });

  test('keys without effect are one line', async () => {
    const { warnings } = await load('AVATAR_KIND: local\nSENTRY_DSN: 25\nFEATURE_BUILD_SUPPORT: false\n');
    assert.equal(warnings.length, 1);
    assert.match(warnings[0]?.message ?? '', /AVATAR_KIND, SENTRY_DSN$/);
  });

  test('a wrong value stops with all problems', async () => {
    await assert.rejects(load('V2_PAGINATION_SIZE: 0\nPROXY_COUNT: x\nfoo: 1\n'), (error) => {
      assert.ok(error instanceof InvalidConfigurationError);
      assert.equal(error.message, 'the configuration has 2 errors');
      assert.deepEqual(brief(error.problems), [
        'warning foo',
        'error PROXY_COUNT',
        'error V2_PAGINATION_SIZE',
      ]);
      return true;
    });
  });

  test('IGNORE_VALIDATION goes on with defaults and says so', async () => {
    const { configuration, warnings } = await load(
      'V2_PAGINATION_SIZE: 0\nAUTHENTICATION_TYPE: NIS\nPROXY_COUNT: 2\n',
      {
        IGNORE_VALIDATION: 'true',
      },
    );
    assert.equal(configuration.registry.paginationSize, 50);
    assert.equal(configuration.access.authenticationType, 'Database');
    assert.equal(configuration.server.proxyCount, 2);
    assert.deepEqual(brief(warnings), ['error AUTHENTICATION_TYPE', 'error V2_PAGINATION_SIZE']);
  });

  for (const source of [
    'DB_URI: oracle://h/d',
    'DISTRIBUTED_STORAGE_CONFIG: {a: [Foo, {}]}',
    'SECRET_KEY: [1]',
  ]) {
    test(`IGNORE_VALIDATION does not pass over ${source}`, async () => {
      const options = { ...(await place(source)), env: { IGNORE_VALIDATION: 'true' } };
      await assert.rejects(loadConfiguration(options), InvalidConfigurationError);
    });
  }

  test('IGNORE_VALIDATION does not give a shared database a key that nobody keeps', async () => {
    const options = {
      ...(await place('DB_URI: postgresql://u:p@h/d\n')),
      env: { IGNORE_VALIDATION: 'true' },
    };
    await assert.rejects(loadConfiguration(options), InvalidConfigurationError);
  });

  test('IGNORE_VALIDATION does not turn an unreadable file into an empty one', async () => {
    await assert.rejects(load('A: [\n', { IGNORE_VALIDATION: 'true' }), InvalidConfigurationError);
    const bare = loadConfiguration({ ...(await place('bare text')), env: { IGNORE_VALIDATION: 'true' } });
    await assert.rejects(bare, InvalidConfigurationError);
  });
});

describe('secret keys', () => {
  const server = 'DB_URI: postgresql://u:p@h/d\nFEATURE_MAILING: false\n';

  test('either is derived from the other, the same at each start', async () => {
    for (const source of ['SECRET_KEY: "11"\n', 'DATABASE_SECRET_KEY: "12"\n']) {
      const first = await loadConfiguration({ ...(await place(server + source)), env: {} });
      const second = await loadConfiguration({ ...(await place(server + source)), env: {} });
      assert.deepEqual(first.configuration.secrets, second.configuration.secrets);
      const { secretKey, databaseSecretKey } = first.configuration.secrets;
      assert.notDeepEqual(secretKey, databaseSecretKey);
    }
  });

  test('a derived database key is warned about', async () => {
    const rest = 'FEATURE_MAILING: false\n';
    assert.deepEqual(brief(await problemsOf(`${rest}SECRET_KEY: "11"\n`)), ['warning DATABASE_SECRET_KEY']);
    assert.deepEqual(brief(await problemsOf(`${rest}DATABASE_SECRET_KEY: "12"\n`)), []);
  });

  test('a shared database needs one', async () => {
    assert.deepEqual(brief(await problemsOf(server)), ['error DATABASE_SECRET_KEY']);
  });

  test('an empty file works with an embedded database, and its key survives', async () => {
    const options = { ...(await place('')), env: {} };
    const first = await loadConfiguration(options);
    const second = await loadConfiguration(options);
    assert.deepEqual(first.configuration.secrets, second.configuration.secrets);
    assert.deepEqual(brief(first.warnings), ['warning FEATURE_MAILING', 'warning DATABASE_SECRET_KEY']);
    assert.equal(first.configuration.database.uri, `sqlite:///${join(options.dataDirectory, 'wharf.db')}`);
  });

  test('looking changes nothing', async () => {
    const { directory, dataDirectory } = await place('');
    await inspectConfiguration({ directory, dataDirectory, env: {} });
    assert.deepEqual(await readdir(directory), ['config.yaml']);
    await assert.rejects(readdir(dataDirectory), { code: 'ENOENT' });
  });
});

test('the first start writes a file once and then reads it', async () => {
  const { dataDirectory } = await place(undefined);
  const first = await loadConfiguration({ dataDirectory, env: {} });
  const written = await readFile(join(dataDirectory, 'config', 'config.yaml'), 'utf8');
  const second = await loadConfiguration({ dataDirectory, env: {} });
  assert.equal(first.firstStart, true);
  assert.equal(second.firstStart, false);
  assert.equal(first.directory, join(dataDirectory, 'config'));
  assert.deepEqual(second.configuration, first.configuration);
  assert.equal(await readFile(join(dataDirectory, 'config', 'config.yaml'), 'utf8'), written);
});
