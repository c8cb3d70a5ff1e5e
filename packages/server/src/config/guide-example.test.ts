import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { inspectConfiguration, loadConfiguration } from '#/config/load-configuration.ts';

// The example values of chapter 13 of the Quay 2.9 guide, in one file, with its lower-case names as it prints them.
const guide = `
AUTHENTICATION_TYPE: Database
BUILDLOGS_REDIS: {HOST: my.redis.cluster, PASSWORD: mypassword, PORT: 1234}
DB_URI: mysql+pymysql://username:password@dns.of.database/quay
DEFAULT_TAG_EXPIRATION: 2w
DISTRIBUTED_STORAGE_CONFIG: {"local_storage": ["LocalStorage", {"storage_path": "some/path/"}]}
DISTRIBUTED_STORAGE_PREFERENCE: [local_storage]
preferred_url_scheme: https
SERVER_HOSTNAME: quay.io
TAG_EXPIRATION_OPTIONS: [0s, 1d, 1w, 2w, 4w]
USER_EVENTS_REDIS: {HOST: my.redis.cluster, PASSWORD: mypassword, PORT: 1234}
ACTION_LOG_ARCHIVE_LOCATION: s3_us_east
ACTION_LOG_ARCHIVE_PATH: archives/actionlogs
APP_SPECIFIC_TOKEN_EXPIRATION: null
ALLOW_PULLS_WITHOUT_STRICT_LOGGING: True
AVATAR_KIND: local
BITBUCKET_TRIGGER_CONFIG: {consumer_key: 0e8dbe15c4c7630b6780, CONSUMER_SECRET: e4a58ddd3d7408b7aec109e85564a0d153d3e846}
BITTORRENT_ANNOUNCE_URL: https://localhost:6881/announce
BITTORRENT_PIECE_SIZE: 524288
BROWSER_API_CALLS_XHR_ONLY: False
CONTACT_INFO:
  - mailto:support@quay.io
  - irc://chat.freenode.net:6665/quay
  - tel:+1-888-930-3475
  - https://twitter.com/quayio
BLACKLIST_V2_SPEC: <1.8.0
DB_CONNECTION_ARGS: {threadlocals: true, autorollback: true, ssl: {ca: conf/stack/ssl-ca-cert.pem}}
DEFAULT_NAMESPACE_MAXIMUM_BUILD_COUNT: 20
DISTRIBUTED_STORAGE_DEFAULT_LOCATIONS: [local_storage]
EXTERNAL_TLS_TERMINATION: True
ENABLE_HEALTH_DEBUG_SECRET: somesecrethere
GITHUB_LOGIN_CONFIG:
  allowed_organizations: [myorg]
  API_ENDPOINT: https://api.github.com/
  CLIENT_ID: 0e8dbe15c4c7630b6780
  CLIENT_SECRET: e4a58ddd3d7408b7aec109e85564a0d153d3e846
  GITHUB_ENDPOINT: https://github.com/
  ORG_RESTRICT: True
GITLAB_TRIGGER_CONFIG:
  CLIENT_ID: 0e8dbe15c4c7630b6780
  CLIENT_SECRET: e4a58ddd3d7408b7aec109e85564a0d153d3e846
  gitlab_endpoint: https://gitlab.com
GOOGLE_LOGIN_CONFIG: {CLIENT_ID: 0e8dbe15c4c7630b6780, CLIENT_SECRET: e4a58ddd3d7408b7aec109e85564a0d153d3e846}
HEALTH_CHECKER: ['RDSAwareHealthCheck', {'access_key': 'foo', 'secret_key': 'bar'}]
MAIL_DEFAULT_SENDER: support@myco.com
MAIL_PORT: 588
MAXIMUM_LAYER_SIZE: 100G
PROMETHEUS_NAMESPACE: myregistry
REGISTRY_TITLE: Corp Container Service
SECURITY_SCANNER_ENDPOINT: http://192.168.99.101:6060
SESSION_COOKIE_SECURE: True
TEAM_RESYNC_STALE_TIME: 2h
USER_RECOVERY_TOKEN_LIFETIME: 10m
V2_PAGINATION_SIZE: 100
SECRET_KEY: 80332459219461471943862458117493143168044371047436346153107654716431423467
`;

let directory = '';

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'wharf-guide-'));
  await writeFile(join(directory, 'config.yaml'), guide);
  await writeFile(join(directory, 'ssl-ca-cert.pem'), '');
});
after(async () => {
  await rm(directory, { recursive: true, force: true });
});

test('the examples of the guide are accepted, its misprints are named', async () => {
  const { problems } = await inspectConfiguration({
    directory,
    dataDirectory: join(directory, 'data'),
    env: {},
  });
  assert.deepEqual(
    problems.filter(({ severity }) => severity === 'error'),
    [],
  );
  assert.deepEqual(
    problems.filter(({ severity }) => severity === 'warning').map(({ key, expected }) => [key, expected]),
    [
      ['preferred_url_scheme', 'PREFERRED_URL_SCHEME'],
      ['USER_EVENTS_REDIS.HOST', 'host'],
      ['USER_EVENTS_REDIS.PASSWORD', 'password'],
      ['USER_EVENTS_REDIS.PORT', 'port'],
      ['BUILDLOGS_REDIS.HOST', 'host'],
      ['BUILDLOGS_REDIS.PASSWORD', 'password'],
      ['BUILDLOGS_REDIS.PORT', 'port'],
      ['GITHUB_LOGIN_CONFIG.allowed_organizations', 'ALLOWED_ORGANIZATIONS'],
      ['BITBUCKET_TRIGGER_CONFIG.consumer_key', 'CONSUMER_KEY'],
      ['GITLAB_TRIGGER_CONFIG.gitlab_endpoint', 'GITLAB_ENDPOINT'],
      ['FEATURE_MAILING', 'MAIL_SERVER beside it, or FEATURE_MAILING: false'],
      ['EXTERNAL_TLS_TERMINATION', 'PREFERRED_URL_SCHEME: https beside it'],
      ['DATABASE_SECRET_KEY', 'a random number of 256 bits in decimal digits, kept for ever'],
    ],
  );
});

test('the examples of the guide arrive in the units of the code', async () => {
  const { configuration } = await loadConfiguration({
    directory,
    dataDirectory: join(directory, 'data'),
    env: {},
  });
  assert.equal(configuration.server.maximumLayerSizeBytes, 100 * 1024 ** 3);
  assert.equal(configuration.registry.paginationSize, 100);
  assert.equal(configuration.registry.blacklistV2Spec, '<1.8.0');
  assert.equal(configuration.metrics.namespace, 'myregistry');
  assert.deepEqual(configuration.health.checker, {
    name: 'RDSAwareHealthCheck',
    rds: {
      credentials: { accessKeyId: 'foo', secretAccessKey: 'bar' },
      instance: 'quay',
      region: 'us-east-1',
    },
  });
  assert.deepEqual(configuration.redis.buildLogs, {
    host: 'my.redis.cluster',
    password: 'mypassword',
    port: 1234,
  });
  assert.deepEqual(configuration.database.connectionArguments, {
    threadlocals: true,
    autorollback: true,
    ssl: { ca: join(directory, 'ssl-ca-cert.pem') },
  });
  assert.equal(configuration.database.allowPullsWithoutStrictLogging, true);
  assert.equal(configuration.sessions.sessionCookieSecure, true);
});

// What the setup form of Quay saves when most of it was left alone.
const saved = `
ACTION_LOG_ARCHIVE_LOCATION: default
AUTHENTICATION_TYPE: Database
AVATAR_KIND: local
BITBUCKET_TRIGGER_CONFIG: {}
BITTORRENT_FILENAME_PEPPER: 56d9a4a8-5e3f-4b0b-9d4e-2f9c7a9b1d11
BUILDLOGS_REDIS: {host: redis, port: 6379}
CONTACT_INFO: []
DATABASE_SECRET_KEY: '47150372948290480165733180612233092127612063428083422573093204731413270018'
DB_CONNECTION_ARGS: {}
DB_URI: mysql+pymysql://quay:secret@db/quay
DEFAULT_TAG_EXPIRATION: 2w
DISTRIBUTED_STORAGE_CONFIG:
  default: [LocalStorage, {storage_path: /datastorage/registry}]
DISTRIBUTED_STORAGE_DEFAULT_LOCATIONS: []
DISTRIBUTED_STORAGE_PREFERENCE: [default]
ENTERPRISE_LOGO_URL: /static/img/quay-horizontal-color.svg
EXTERNAL_TLS_TERMINATION: false
FEATURE_BUILD_SUPPORT: false
FEATURE_MAILING: false
GITHUB_LOGIN_CONFIG: {}
GITHUB_TRIGGER_CONFIG: {}
GITLAB_TRIGGER_CONFIG: {}
GOOGLE_LOGIN_CONFIG: {}
GPG2_PRIVATE_KEY_FILENAME: signing-private.gpg
LDAP_ADMIN_DN: ''
LDAP_URI: ''
LOG_ARCHIVE_LOCATION: default
MAIL_DEFAULT_SENDER: support@quay.io
MAIL_PORT: 587
MAIL_USE_TLS: true
PREFERRED_URL_SCHEME: http
REGISTRY_TITLE: Quay Enterprise
SECRET_KEY: '110281043459290460141622610190483271402113461190541030218291712203812351701'
SECURITY_SCANNER_ISSUER_NAME: security_scanner
SERVER_HOSTNAME: quay.example.com
SETUP_COMPLETE: true
SIGNING_ENGINE: gpg2
SUPER_USERS: [admin]
TAG_EXPIRATION_OPTIONS: [0s, 1d, 1w, 2w, 4w]
TEAM_RESYNC_STALE_TIME: 60m
TESTING: false
USERFILES_LOCATION: default
USERFILES_PATH: userfiles/
USER_EVENTS_REDIS: {host: redis, port: 6379}
USE_CDN: false
V3_UPGRADE_MODE: complete
`;

test('a file that the setup form saved is accepted without a warning', async () => {
  const saves = await mkdtemp(join(tmpdir(), 'wharf-saved-'));
  try {
    await writeFile(join(saves, 'config.yaml'), saved);
    const { problems } = await inspectConfiguration({
      directory: saves,
      dataDirectory: join(saves, 'data'),
      env: {},
    });
    assert.deepEqual(
      problems.filter(({ severity }) => severity !== 'info'),
      [],
    );
    const idle = problems.map(({ key }) => key);
    for (const name of ['GITHUB_LOGIN_CONFIG', 'LDAP_URI', 'CONTACT_INFO', 'FEATURE_MAILING'])
      assert.ok(!idle.includes(name), name);
  } finally {
    await rm(saves, { recursive: true, force: true });
  }
});
