import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
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
      ['a redis without host', 'USER_EVENTS_REDIS: {port: 1}', ['error USER_EVENTS_REDIS.host']],
      ['a redis that is no object', 'USER_EVENTS_REDIS: localhost', ['error USER_EVENTS_REDIS']],
      ['a key without effect', 'AVATAR_KIND: gravatar', ['info AVATAR_KIND']],
      ['a feature without effect that is off', 'FEATURE_BUILD_SUPPORT: false', []],
      ['a wrong value of a key without effect', 'SENTRY_DSN: [a]', ['info SENTRY_DSN', 'error SENTRY_DSN']],
      [
        'JWT without anything',
        'AUTHENTICATION_TYPE: JWT',
        ['error jwt-authn.cert', 'error JWT_VERIFY_ENDPOINT', 'error JWT_AUTH_ISSUER'],
      ],
      [
        'Keystone as 2.9 had it by default',
        'AUTHENTICATION_TYPE: Keystone\nKEYSTONE_AUTH_URL: http://k:5000/v2.0\nKEYSTONE_ADMIN_USERNAME: a\nKEYSTONE_ADMIN_PASSWORD: b\nKEYSTONE_ADMIN_TENANT: c',
        ['error KEYSTONE_AUTH_VERSION'],
      ],
      [
        'Keystone 3, written as text',
        'AUTHENTICATION_TYPE: Keystone\nKEYSTONE_AUTH_VERSION: "3"\nKEYSTONE_AUTH_URL: http://k:5000/v3\nKEYSTONE_ADMIN_USERNAME: a\nKEYSTONE_ADMIN_PASSWORD: b\nKEYSTONE_ADMIN_TENANT: c',
        [],
      ],
      [
        'one OIDC provider as directory',
        'AUTHENTICATION_TYPE: OIDC\nA_LOGIN_CONFIG: {OIDC_SERVER: "https://a/", CLIENT_ID: x, CLIENT_SECRET: y}',
        [],
      ],
      [
        'two OIDC providers, and neither named as directory',
        'AUTHENTICATION_TYPE: OIDC\nA_LOGIN_CONFIG: {OIDC_SERVER: "https://a/", CLIENT_ID: x, CLIENT_SECRET: y}\nB_LOGIN_CONFIG: {OIDC_SERVER: "https://b/", CLIENT_ID: x, CLIENT_SECRET: y}',
        ['error AUTHENTICATION_TYPE'],
      ],
      [
        'two OIDC providers, one named as directory',
        'AUTHENTICATION_TYPE: OIDC\nINTERNAL_OIDC_SERVICE_ID: b\nA_LOGIN_CONFIG: {OIDC_SERVER: "https://a/", CLIENT_ID: x, CLIENT_SECRET: y}\nB_LOGIN_CONFIG: {OIDC_SERVER: "https://b/", CLIENT_ID: x, CLIENT_SECRET: y}',
        [],
      ],
      [
        'a directory that is no provider',
        'AUTHENTICATION_TYPE: OIDC\nINTERNAL_OIDC_SERVICE_ID: c\nA_LOGIN_CONFIG: {OIDC_SERVER: "https://a/", CLIENT_ID: x, CLIENT_SECRET: y}\nB_LOGIN_CONFIG: {OIDC_SERVER: "https://b/", CLIENT_ID: x, CLIENT_SECRET: y}',
        ['error INTERNAL_OIDC_SERVICE_ID'],
      ],
      [
        'the id of a former directory',
        'INTERNAL_OIDC_SERVICE_ID: c\nA_LOGIN_CONFIG: {OIDC_SERVER: "https://a/", CLIENT_ID: x, CLIENT_SECRET: y}',
        [],
      ],
      [
        'an OIDC provider',
        'SOMEOIDC_LOGIN_CONFIG: {OIDC_SERVER: "https://a/", CLIENT_ID: x, CLIENT_SECRET: y}',
        [],
      ],
      [
        'an OIDC provider without server',
        'SOMEOIDC_LOGIN_CONFIG: {CLIENT_ID: x}',
        ['error SOMEOIDC_LOGIN_CONFIG.OIDC_SERVER'],
      ],
      [
        'an OIDC provider without TLS',
        'SOMEOIDC_LOGIN_CONFIG: {OIDC_SERVER: "http://a/", CLIENT_ID: x, CLIENT_SECRET: y}',
        ['error SOMEOIDC_LOGIN_CONFIG.OIDC_SERVER'],
      ],
      [
        'an OIDC provider without TLS while it is tried out',
        'SOMEOIDC_LOGIN_CONFIG: {OIDC_SERVER: "http://a/", CLIENT_ID: x, CLIENT_SECRET: y, DEBUGGING: true}',
        [],
      ],
      [
        'a confidential OIDC client without secret',
        'SOMEOIDC_LOGIN_CONFIG: {OIDC_SERVER: "https://a/", CLIENT_ID: x}',
        ['error SOMEOIDC_LOGIN_CONFIG.CLIENT_SECRET'],
      ],
      [
        'an OIDC provider with parameters that are none',
        'A_LOGIN_CONFIG: {OIDC_SERVER: "https://a/", CLIENT_ID: x, CLIENT_SECRET: y, OIDC_ENDPOINT_CUSTOM_PARAMS: {a: [b]}}',
        ['error A_LOGIN_CONFIG.OIDC_ENDPOINT_CUSTOM_PARAMS.a'],
      ],
      [
        'a public OIDC client',
        'SOMEOIDC_LOGIN_CONFIG: {OIDC_SERVER: "https://a/", CLIENT_ID: x, PUBLIC_CLIENT: true}',
        [],
      ],
      [
        'an OIDC provider under the id of a directory',
        'LDAP_LOGIN_CONFIG: {OIDC_SERVER: "https://a/", CLIENT_ID: x, CLIENT_SECRET: y}',
        ['error LDAP_LOGIN_CONFIG'],
      ],
      [
        'two OIDC providers of one id',
        'A_LOGIN_CONFIG: &a {OIDC_SERVER: "https://a/", CLIENT_ID: x, CLIENT_SECRET: y}\nA_B_LOGIN_CONFIG: *a',
        ['error A_B_LOGIN_CONFIG'],
      ],
      ['a login without its block', 'FEATURE_GITHUB_LOGIN: true', ['error FEATURE_GITHUB_LOGIN']],
      ['no way to sign in', 'FEATURE_DIRECT_LOGIN: false', ['error FEATURE_DIRECT_LOGIN']],
      [
        'sign-in at an OIDC provider only',
        'FEATURE_DIRECT_LOGIN: false\nA_LOGIN_CONFIG: {OIDC_SERVER: "https://a/", CLIENT_ID: x, CLIENT_SECRET: y}',
        [],
      ],
      ['a database of another kind', 'DB_URI: oracle://a:b@c/d', ['error DB_URI']],
      ['a database without name', 'DB_URI: postgresql://a:b@c/', ['error DB_URI']],
      [
        'a CA file that is not there',
        'DB_CONNECTION_ARGS: {ssl: {ca: conf/stack/database.pem}, sslkey: /nowhere}',
        ['error DB_CONNECTION_ARGS.ssl.ca', 'error DB_CONNECTION_ARGS.sslkey'],
      ],
      ['an unknown TLS mode', 'DB_CONNECTION_ARGS: {sslmode: maybe}', ['error DB_CONNECTION_ARGS.sslmode']],
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
      [
        'a wrong location hides no preference behind it',
        'DISTRIBUTED_STORAGE_CONFIG: {eu: [LocalStorage, {}]}\nDISTRIBUTED_STORAGE_PREFERENCE: [eu]',
        ['error DISTRIBUTED_STORAGE_CONFIG.eu[1].storage_path'],
      ],
      [
        'wrong options do not make the default wrong',
        'TAG_EXPIRATION_OPTIONS: [3x]\nDEFAULT_TAG_EXPIRATION: 3w',
        ['error TAG_EXPIRATION_OPTIONS[0]'],
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
        ['error LABELED_EXPIRATION_MINIMUM'],
      ],
      [
        'LDAP without a directory',
        "AUTHENTICATION_TYPE: LDAP\nLDAP_URI: ''",
        ['error LDAP_BASE_DN', 'error LDAP_URI', 'error LDAP_ADMIN_DN', 'error LDAP_ADMIN_PASSWD'],
      ],
      [
        'LDAP with a filter and a name that cannot be read',
        "AUTHENTICATION_TYPE: LDAP\nLDAP_BASE_DN: [dc=a]\nLDAP_ADMIN_DN: cn=a\nLDAP_ADMIN_PASSWD: p\nLDAP_USER_FILTER: '(uid=*'",
        ['error LDAP_USER_FILTER'],
      ],
      [
        'LDAP with a place that cannot be read',
        'AUTHENTICATION_TYPE: LDAP\nLDAP_BASE_DN: [dc=a]\nLDAP_ADMIN_DN: cn=a\nLDAP_ADMIN_PASSWD: p\nLDAP_USER_RDN: [people]',
        ['error LDAP_USER_RDN'],
      ],
      [
        'LDAP',
        'AUTHENTICATION_TYPE: LDAP\nLDAP_BASE_DN: [dc=example]\nLDAP_ADMIN_DN: cn=a\nLDAP_ADMIN_PASSWD: p',
        [],
      ],
      [
        'AppToken with direct login and without tokens',
        'AUTHENTICATION_TYPE: AppToken\nFEATURE_APP_SPECIFIC_TOKENS: false',
        ['error FEATURE_DIRECT_LOGIN', 'error FEATURE_APP_SPECIFIC_TOKENS'],
      ],
      [
        'invitations without registration',
        'FEATURE_USER_CREATION: false\nFEATURE_INVITE_ONLY_USER_CREATION: true',
        ['warning FEATURE_INVITE_ONLY_USER_CREATION'],
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
      [
        'a replica of a server',
        'DB_URI: postgresql://u:p@h/d\nDB_READ_REPLICAS: [{DB_URI: postgresql://u:p@r/d}]',
        [],
      ],
      [
        'a replica without a URI',
        'DB_URI: postgresql://u:p@h/d\nDB_READ_REPLICAS: [{}]',
        ['error DB_READ_REPLICAS[0].DB_URI'],
      ],
      [
        'a replica of another kind',
        'DB_URI: postgresql://u:p@h/d\nDB_READ_REPLICAS: [{DB_URI: mysql://u:p@r/d}]',
        ['error DB_READ_REPLICAS[0].DB_URI'],
      ],
      [
        'a replica of the embedded database',
        'DB_READ_REPLICAS: [{DB_URI: postgresql://u:p@r/d}]',
        ['error DB_READ_REPLICAS[0].DB_URI'],
      ],
      ['a health checker with the role of the machine', 'HEALTH_CHECKER: [ProductionHealthCheck, {}]', []],
      [
        'a health checker with half of the credentials',
        'HEALTH_CHECKER: [ProductionHealthCheck, {access_key: foo}]',
        ['error HEALTH_CHECKER[1]'],
      ],
      [
        'a health checker with wrong parameters',
        'HEALTH_CHECKER: [RDSAwareHealthCheck, {access_key: foo, secret_key: [bar], endpoint_url: rds}]',
        ['error HEALTH_CHECKER[1].secret_key', 'error HEALTH_CHECKER[1].endpoint_url'],
      ],
      [
        'a health checker with a parameter that is misspelled',
        'HEALTH_CHECKER: [RDSAwareHealthCheck, {db_instanse: wharf}]',
        ['error HEALTH_CHECKER[1]'],
      ],
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
  test('mail is on, be it by default, without a server', async () => {
    const secrets = 'SECRET_KEY: "11"\nDATABASE_SECRET_KEY: "12"\n';
    for (const [source, expected] of [
      ['', ['warning FEATURE_MAILING']],
      ['FEATURE_MAILING: true\nMAIL_PORT: 25', ['warning FEATURE_MAILING']],
      ['MAIL_SERVER: smtp.example.com', []],
      ['FEATURE_MAILING: false', []],
    ] as const) {
      const problems = await problemsOf(secrets + source);
      assert.deepEqual(brief(problems), expected, source);
      if (problems[0] !== undefined)
        assert.match(String(problems[0].expected), /MAIL_SERVER .*FEATURE_MAILING: false/);
    }
  });

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
          expected: 'a value: string',
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
HEALTH_CHECKER: [RDSAwareHealthCheck, {access_key: [${secret}], secret_key: ${secret}, password: ${secret}}]
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
