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

const keys = 'SECRET_KEY: "11"\nDATABASE_SECRET_KEY: "12"\n';

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

describe('the problems that are found', () => {
  const cases: readonly (readonly [what: string, source: string, expected: readonly string[], env?: Env])[] =
    [
      ['none', '', []],
      ['a wrong choice', 'PREFERRED_URL_SCHEME: ftp', ['error PREFERRED_URL_SCHEME']],
      ['a scheme in the host name', 'SERVER_HOSTNAME: https://quay.example.com', ['error SERVER_HOSTNAME']],
      ['an IPv6 host name', 'SERVER_HOSTNAME: "[::1]:8080"', []],
      ['a quoted boolean', 'FEATURE_ANONYMOUS_ACCESS: "false"', ['error FEATURE_ANONYMOUS_ACCESS']],
      [
        'several at once',
        'V2_PAGINATION_SIZE: 0\nMAXIMUM_LAYER_SIZE: 20\nREGISTRY_STATE: off',
        ['error MAXIMUM_LAYER_SIZE', 'error REGISTRY_STATE', 'error V2_PAGINATION_SIZE'],
      ],
      ['an item of a list', 'TAG_EXPIRATION_OPTIONS: [2w, 3x]', ['error TAG_EXPIRATION_OPTIONS[1]']],
      ['null counts as absent', 'MAXIMUM_LAYER_SIZE: null\nAPP_SPECIFIC_TOKEN_EXPIRATION: null', []],
      ['an unknown key', 'FEATURE_ANONYMUS_ACCESS: true', ['warning FEATURE_ANONYMUS_ACCESS']],
      [
        'lower-case keys of the guide',
        'preferred_url_scheme: https\nconsumer_key: a\ngitlab_endpoint: b\nallowed_organizations: []',
        [
          'warning preferred_url_scheme',
          'warning consumer_key',
          'warning gitlab_endpoint',
          'warning allowed_organizations',
        ],
      ],
      ['another lower-case key', 'foo: 1', ['warning foo']],
      [
        'sub-keys in the case of the guide',
        'BUILDLOGS_REDIS: {HOST: a, PORT: 1, PASSWORD: p}',
        [
          'info BUILDLOGS_REDIS',
          'warning BUILDLOGS_REDIS.HOST',
          'warning BUILDLOGS_REDIS.PORT',
          'warning BUILDLOGS_REDIS.PASSWORD',
        ],
      ],
      [
        'a redis without host',
        'USER_EVENTS_REDIS: {port: 1}',
        ['info USER_EVENTS_REDIS', 'error USER_EVENTS_REDIS.host'],
      ],
      [
        'a redis that is no object',
        'USER_EVENTS_REDIS: localhost',
        ['info USER_EVENTS_REDIS', 'error USER_EVENTS_REDIS'],
      ],
      ['a key without effect', 'AVATAR_KIND: gravatar', ['info AVATAR_KIND']],
      ['a feature without effect that is off', 'FEATURE_BUILD_SUPPORT: false', []],
      ['a wrong value of a key without effect', 'MAIL_PORT: many', ['info MAIL_PORT', 'error MAIL_PORT']],
      [
        'an OIDC provider',
        'SOMEOIDC_LOGIN_CONFIG: {OIDC_SERVER: "https://a/", CLIENT_ID: x, CLIENT_SECRET: y}',
        ['info SOMEOIDC_LOGIN_CONFIG'],
      ],
      [
        'an OIDC provider without server',
        'SOMEOIDC_LOGIN_CONFIG: {CLIENT_ID: x}',
        ['info SOMEOIDC_LOGIN_CONFIG', 'error SOMEOIDC_LOGIN_CONFIG.OIDC_SERVER'],
      ],
      ['a database of another kind', 'DB_URI: oracle://a:b@c/d', ['error DB_URI']],
      ['a database without name', 'DB_URI: postgresql://a:b@c/', ['error DB_URI']],
      [
        'a preference without location',
        'DISTRIBUTED_STORAGE_PREFERENCE: [elsewhere]',
        ['error DISTRIBUTED_STORAGE_PREFERENCE'],
      ],
      [
        'the same from the environment',
        '',
        ['error DISTRIBUTED_STORAGE_PREFERENCE'],
        { QUAY_DISTRIBUTED_STORAGE_PREFERENCE: 'default elsewhere' },
      ],
      [
        'default locations without location',
        'DISTRIBUTED_STORAGE_DEFAULT_LOCATIONS: [elsewhere]',
        ['info DISTRIBUTED_STORAGE_DEFAULT_LOCATIONS', 'error DISTRIBUTED_STORAGE_DEFAULT_LOCATIONS'],
      ],
      [
        'replication of local storage',
        'FEATURE_STORAGE_REPLICATION: true',
        ['info FEATURE_STORAGE_REPLICATION', 'error FEATURE_STORAGE_REPLICATION'],
      ],
      ['no location', 'DISTRIBUTED_STORAGE_CONFIG: {}', ['error DISTRIBUTED_STORAGE_CONFIG']],
      [
        'a location id with a blank',
        'DISTRIBUTED_STORAGE_CONFIG: {"a b": [LocalStorage, {storage_path: /a}]}',
        ['error DISTRIBUTED_STORAGE_CONFIG.a b'],
      ],
      [
        'an unknown engine',
        'DISTRIBUTED_STORAGE_CONFIG: {a: [LokalStorage, {}]}',
        ['error DISTRIBUTED_STORAGE_CONFIG.a[0]'],
      ],
      [
        'an engine that is not there yet',
        'DISTRIBUTED_STORAGE_CONFIG: {a: [SwiftStorage, {swift_container: a, storage_path: b, auth_url: c, swift_user: d, swift_password: e}]}',
        ['error DISTRIBUTED_STORAGE_CONFIG.a[0]'],
      ],
      [
        'a missing parameter',
        'DISTRIBUTED_STORAGE_CONFIG: {a: [S3Storage, {s3_bucket: b}]}',
        ['error DISTRIBUTED_STORAGE_CONFIG.a[1].storage_path'],
      ],
      [
        'an unknown parameter',
        'DISTRIBUTED_STORAGE_CONFIG: {a: [LocalStorage, {storage_path: /a, path: /b}]}',
        ['error DISTRIBUTED_STORAGE_CONFIG.a[1].path'],
      ],
      [
        'a location that is no pair',
        'DISTRIBUTED_STORAGE_CONFIG: {a: LocalStorage}',
        ['error DISTRIBUTED_STORAGE_CONFIG.a'],
      ],
      ['an expiration that is no option', 'DEFAULT_TAG_EXPIRATION: 3w', ['error DEFAULT_TAG_EXPIRATION']],
      ['the same length in another unit', 'DEFAULT_TAG_EXPIRATION: 14d', []],
      ['no options', 'DEFAULT_TAG_EXPIRATION: 3w\nTAG_EXPIRATION_OPTIONS: []', []],
      [
        'a wrong expiration is not reported twice',
        'DEFAULT_TAG_EXPIRATION: 3x\nTAG_EXPIRATION_OPTIONS: [4w]',
        ['error DEFAULT_TAG_EXPIRATION'],
      ],
      [
        'least above most',
        'LABELED_EXPIRATION_MINIMUM: 2h\nLABELED_EXPIRATION_MAXIMUM: 1h',
        [
          'info LABELED_EXPIRATION_MINIMUM',
          'info LABELED_EXPIRATION_MAXIMUM',
          'error LABELED_EXPIRATION_MINIMUM',
        ],
      ],
      ['LDAP', 'AUTHENTICATION_TYPE: LDAP', ['error AUTHENTICATION_TYPE']],
      [
        'AppToken with direct login and without tokens',
        'AUTHENTICATION_TYPE: AppToken\nFEATURE_APP_SPECIFIC_TOKENS: false',
        ['error AUTHENTICATION_TYPE', 'error FEATURE_DIRECT_LOGIN', 'error FEATURE_APP_SPECIFIC_TOKENS'],
      ],
      [
        'invitations without registration',
        'FEATURE_USER_CREATION: false\nFEATURE_INVITE_ONLY_USER_CREATION: true',
        ['info FEATURE_INVITE_ONLY_USER_CREATION', 'warning FEATURE_INVITE_ONLY_USER_CREATION'],
      ],
      [
        'a reserved prefix without dot',
        'LABEL_KEY_RESERVED_PREFIXES: [com.example., org.example]',
        ['error LABEL_KEY_RESERVED_PREFIXES'],
      ],
      [
        'a service key refreshed too late',
        'INSTANCE_SERVICE_KEY_EXPIRATION: 60',
        ['error INSTANCE_SERVICE_KEY_REFRESH'],
      ],
      ['half an instance key', 'INSTANCE_SERVICE_KEY_LOCATION: /a', ['error INSTANCE_SERVICE_KEY_LOCATION']],
      ['outside TLS without https', 'EXTERNAL_TLS_TERMINATION: true', ['warning EXTERNAL_TLS_TERMINATION']],
      [
        'an override',
        '',
        ['error V2_PAGINATION_SIZE'],
        { QUAY_OVERRIDE_CONFIG: '{"V2_PAGINATION_SIZE": -1}' },
      ],
      [
        'an override that is no JSON',
        '',
        ['error QUAY_OVERRIDE_CONFIG'],
        { QUAY_OVERRIDE_CONFIG: '{SECRET_KEY: hunter2}' },
      ],
      ['an override that is a list', '', ['error QUAY_OVERRIDE_CONFIG'], { QUAY_OVERRIDE_CONFIG: '[]' }],
      ['an empty override', '', [], { QUAY_OVERRIDE_CONFIG: '{}' }],
      ['a count of processes that is none', '', ['error WORKER_COUNT'], { WORKER_COUNT: 'many' }],
      [
        'a health checker that is text',
        "HEALTH_CHECKER: ('RDSAwareHealthCheck', {})",
        ['error HEALTH_CHECKER'],
      ],
      ['a health checker', 'HEALTH_CHECKER: [RDSAwareHealthCheck, {access_key: foo, secret_key: bar}]', []],
    ];
  for (const [what, source, expected, env] of cases) {
    test(what, async () => {
      assert.deepEqual(brief(await problemsOf(keys + source, env)), expected);
    });
  }

  test('config.py', async () => {
    const { directory, dataDirectory } = await place(keys);
    await writeFile(join(directory, 'config.py'), 'raise SystemExit');
    const { problems } = await inspectConfiguration({ directory, dataDirectory, env: {} });
    assert.deepEqual(brief(problems), ['warning config.py']);
  });

  test('a directory without file', async () => {
    const { directory, dataDirectory } = await place(undefined);
    const report = await inspectConfiguration({ directory, dataDirectory, env: {} });
    assert.deepEqual(brief(report.problems), ['error config.yaml']);
    await assert.rejects(loadConfiguration({ directory, dataDirectory, env: {} }), InvalidConfigurationError);
  });
});

describe('what a report says', () => {
  test('unknown keys name their neighbour and keep their value to themselves', async () => {
    const [problem] = await problemsOf(`${keys}DB_PASSWORT: hunter2\nSERVER_HOSTNAM: x`);
    assert.equal(problem?.value, undefined);
    const [, second] = await problemsOf(`${keys}DB_PASSWORT: hunter2\nSERVER_HOSTNAM: x`);
    assert.equal(second?.expected, 'SERVER_HOSTNAME');
  });

  test('lower-case keys name the key that was meant', async () => {
    const problems = await problemsOf(`${keys}preferred_url_scheme: https\nconsumer_key: x`);
    assert.deepEqual(
      problems.map(({ expected }) => expected),
      ['PREFERRED_URL_SCHEME', 'BITBUCKET_TRIGGER_CONFIG.CONSUMER_KEY'],
    );
  });

  test('a wrong parameter names its neighbour', async () => {
    const problems = await problemsOf(
      `${keys}DISTRIBUTED_STORAGE_CONFIG: {a: [LocalStorage, {storage_pth: /a}]}`,
    );
    assert.match(problems[0]?.expected ?? '', /storage_path/);
  });

  test('every error has what is expected and, where there is one, the value', async () => {
    const problems = await problemsOf(`${keys}PROXY_COUNT: many\nBUILDLOGS_REDIS: {}`);
    assert.deepEqual(
      problems.filter(({ severity }) => severity === 'error'),
      [
        {
          severity: 'error',
          key: 'PROXY_COUNT',
          value: '"many"',
          expected: 'a whole number from 0 to 16',
          message: 'has a wrong value',
        },
        {
          severity: 'error',
          key: 'BUILDLOGS_REDIS.host',
          expected: 'required: string',
          message: 'is missing',
        },
      ],
    );
  });

  test('no secret, whatever is wrong with it', async () => {
    const secret = 'hunter2-not-to-be-seen';
    const source = `
SECRET_KEY: [${secret}]
DATABASE_SECRET_KEY: {${secret}: ${secret}}
DB_URI: mysql//root:${secret}@host/db
DB_READ_REPLICAS: [{DB_URI: ["${secret}"]}]
BUILDLOGS_REDIS: {password: [${secret}]}
USER_EVENTS_REDIS: {PASSWORD: [${secret}]}
DISTRIBUTED_STORAGE_CONFIG:
  a b: [S3Storage, {s3_bucket: [1], s3_secret_key: ${secret}, s3_acces_key: ${secret}}]
  c: [S3Storage, {s3_secret_key: [${secret}]}]
  d: [Wrong, {swift_password: ${secret}}]
GITHUB_LOGIN_CONFIG: {CLIENT_SECRET: [${secret}]}
MAIL_PASSWORD: [${secret}]
LDAP_ADMIN_PASSWD: {a: ${secret}}
ENABLE_HEALTH_DEBUG_SECRET: [${secret}]
UNKNOWN_PASSWORD: ${secret}
lower_password: ${secret}
`;
    const problems = await problemsOf(source);
    assert.ok(problems.filter(({ severity }) => severity === 'error').length >= 10);
    assert.ok(!JSON.stringify(problems).includes(secret), JSON.stringify(problems, undefined, 1));
    await assert.rejects(loadConfiguration({ ...(await place(source)), env: {} }), (error) => {
      assert.ok(error instanceof InvalidConfigurationError);
      return !JSON.stringify([error.problems, error.message, error.stack]).includes(secret);
    });
  });
});

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
    const { warnings } = await load('AVATAR_KIND: local\nMAIL_PORT: 25\nFEATURE_BUILD_SUPPORT: false\n');
    assert.equal(warnings.length, 1);
    assert.match(warnings[0]?.message ?? '', /AVATAR_KIND, MAIL_PORT$/);
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
      'V2_PAGINATION_SIZE: 0\nAUTHENTICATION_TYPE: LDAP\nPROXY_COUNT: 2\n',
      {
        IGNORE_VALIDATION: 'true',
      },
    );
    assert.equal(configuration.registry.paginationSize, 50);
    assert.equal(configuration.access.authenticationType, 'Database');
    assert.equal(configuration.server.proxyCount, 2);
    assert.deepEqual(brief(warnings), ['error V2_PAGINATION_SIZE', 'error AUTHENTICATION_TYPE']);
  });

  test('IGNORE_VALIDATION does not turn an unreadable file into an empty one', async () => {
    await assert.rejects(load('A: [\n', { IGNORE_VALIDATION: 'true' }), InvalidConfigurationError);
    const bare = loadConfiguration({ ...(await place('bare text')), env: { IGNORE_VALIDATION: 'true' } });
    await assert.rejects(bare, InvalidConfigurationError);
  });
});

describe('secret keys', () => {
  const server = 'DB_URI: postgresql://u:p@h/d\n';

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
    assert.deepEqual(brief(await problemsOf('SECRET_KEY: "11"\n')), ['warning DATABASE_SECRET_KEY']);
    assert.deepEqual(brief(await problemsOf('DATABASE_SECRET_KEY: "12"\n')), []);
  });

  test('a shared database needs one', async () => {
    assert.deepEqual(brief(await problemsOf(server)), ['error DATABASE_SECRET_KEY']);
  });

  test('an empty file works with an embedded database, and its key survives', async () => {
    const options = { ...(await place('')), env: {} };
    const first = await loadConfiguration(options);
    const second = await loadConfiguration(options);
    assert.deepEqual(first.configuration.secrets, second.configuration.secrets);
    assert.deepEqual(brief(first.warnings), ['warning DATABASE_SECRET_KEY']);
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
