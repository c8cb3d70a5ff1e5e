import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isSecretName, maskValue } from '#/config/mask-value.ts';

describe('maskValue', () => {
  const cases: readonly (readonly [path: string, value: unknown, shown: string])[] = [
    ['SERVER_HOSTNAME', 'http://quay', '"http://quay"'],
    ['V2_PAGINATION_SIZE', -1, '-1'],
    ['SECRET_KEY', 'hunter2', '"***"'],
    ['SECRET_KEY', 12n, '"***"'],
    ['DATABASE_SECRET_KEY', ['hunter2'], '"***"'],
    ['BUILDLOGS_REDIS.password', 'hunter2', '"***"'],
    ['DISTRIBUTED_STORAGE_CONFIG.s3[1].s3_secret_key', 'hunter2', '"***"'],
    ['DISTRIBUTED_STORAGE_CONFIG.s3[1].s3_access_key', 'hunter2', '"***"'],
    ['X.swift_password', 'hunter2', '"***"'],
    ['X.sas_token', 'hunter2', '"***"'],
    ['X.temp_url_key', 'hunter2', '"***"'],
    ['X.azure_account_key', 'hunter2', '"***"'],
    ['X.connection_string', 'AccountKey=hunter2', '"***"'],
    ['LDAP_ADMIN_PASSWD', 'hunter2', '"***"'],
    [
      'GITHUB_LOGIN_CONFIG',
      { CLIENT_ID: 'id', CLIENT_SECRET: 'hunter2' },
      '{"CLIENT_ID":"id","CLIENT_SECRET":"***"}',
    ],
    ['DB_URI', 'mysql://user:hunter2@host/db', '"mysql://user:***@host/db"'],
    ['DB_URI', 'mysql://user:hun@ter2@host/db', '"mysql://user:***@host/db"'],
    ['DB_URI', 'mysql://user:hun/ter2?@host/db', '"mysql://user:***@host/db"'],
    ['DB_URI', 'mysql//user:hunter2@host/db', '"***"'],
    ['DB_URI', 'hunter2', '"***"'],
    ['DB_URI', 'postgresql://h/db?password=hunter2&x=1', '"postgresql://h/db?password=***&x=1"'],
    ['DB_READ_REPLICAS', [{ DB_URI: 'mysql://u:hunter2@h/d' }], '[{"DB_URI":"mysql://u:***@h/d"}]'],
    ['JWT_VERIFY_ENDPOINT', 'ftp://u:hunter2@h/', '"ftp://u:***@h/"'],
    ['RECAPTCHA_SITE_KEY', 7, '7'],
    ['EXPIRED_APP_SPECIFIC_TOKEN_GC', 'never', '"never"'],
    ['USER_RECOVERY_TOKEN_LIFETIME', 'x', '"x"'],
    ['A', null, 'null'],
  ];
  for (const [path, value, shown] of cases) {
    test(`${path} ${shown}`, () => assert.equal(maskValue(path, value), shown));
  }

  test('long values are cut', () => {
    assert.equal(maskValue('A', 'x'.repeat(1000)).length, 120);
  });
});

describe('isSecretName', () => {
  const secret = [
    'ENABLE_HEALTH_DEBUG_SECRET',
    'PAGE_TOKEN_KEY',
    'SECURITY_SCANNER_V4_PSK',
    'BITTORRENT_FILENAME_PEPPER',
    'SENTRY_DSN',
    'CONSUMER_KEY',
    'MAIL_PASSWORD',
  ];
  const open = [
    'LABEL_KEY_RESERVED_PREFIXES',
    'INSTANCE_SERVICE_KEY_LOCATION',
    'INSTANCE_SERVICE_KEY_EXPIRATION',
    'STRIPE_PUBLISHABLE_KEY',
    'FEATURE_APP_SPECIFIC_TOKENS',
    'UNAPPROVED_SERVICE_KEY_TTL_SEC',
    'GPG2_PRIVATE_KEY_FILENAME',
    'OAUTH_APPLICATION_MAXIMUM_TOKEN_COUNT',
  ];
  for (const name of secret) test(`${name} is one`, () => assert.equal(isSecretName(name), true));
  for (const name of open) test(`${name} is none`, () => assert.equal(isSecretName(name), false));
});
