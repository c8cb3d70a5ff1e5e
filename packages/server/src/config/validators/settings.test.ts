import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createRedisClient } from '#/platform/redis-connection.ts';
import { eachDatabaseUri } from '#/testing/databases.ts';
import { needsPrograms } from '#/testing/find-program.ts';
import { freePort } from '#/testing/free-port.ts';
import { startRedis } from '#/testing/redis.ts';
import { reasonOf } from '#/testing/validation.ts';

const options = ['0s', '1d', '2w'];
const login = {
  OIDC_SERVER: 'https://sso.example.com/',
  CLIENT_ID: 'a',
  CLIENT_SECRET: 'b',
  SERVICE_NAME: 'c',
};
const rotation = {
  FEATURE_ACTION_LOG_ROTATION: true,
  ACTION_LOG_ARCHIVE_PATH: 'logs',
  ACTION_LOG_ARCHIVE_LOCATION: 'default',
};
const appToken = {
  AUTHENTICATION_TYPE: 'AppToken',
  FEATURE_APP_SPECIFIC_TOKENS: true,
  FEATURE_DIRECT_LOGIN: false,
};

const cases: readonly (readonly [service: string, title: string, keys: object, expected: RegExp])[] = [
  ['time-machine', 'nothing set', {}, /^$/],
  [
    'time-machine',
    'among the options',
    { DEFAULT_TAG_EXPIRATION: '2w', TAG_EXPIRATION_OPTIONS: options },
    /^$/,
  ],
  [
    'time-machine',
    'not among the options',
    { DEFAULT_TAG_EXPIRATION: '3w', TAG_EXPIRATION_OPTIONS: options },
    /options/i,
  ],
  [
    'time-machine',
    'no options',
    { DEFAULT_TAG_EXPIRATION: '2w', TAG_EXPIRATION_OPTIONS: [] },
    /TAG_EXPIRATION_OPTIONS/,
  ],
  ['access', 'the defaults', {}, /^$/],
  ['access', 'no passwords and no other way', { FEATURE_DIRECT_LOGIN: false }, /FEATURE_DIRECT_LOGIN/],
  [
    'access',
    'no passwords but a provider',
    { FEATURE_DIRECT_LOGIN: false, COMPANY_LOGIN_CONFIG: login },
    /^$/,
  ],
  [
    'access',
    'a GitHub that is switched off',
    { FEATURE_DIRECT_LOGIN: false, FEATURE_GITHUB_LOGIN: false },
    /FEATURE_DIRECT_LOGIN/,
  ],
  [
    'access',
    'invitations without accounts',
    { FEATURE_INVITE_ONLY_USER_CREATION: true, FEATURE_USER_CREATION: false },
    /FEATURE_USER_CREATION/,
  ],
  ['actionlogarchiving', 'off', {}, /^$/],
  ['actionlogarchiving', 'whole', rotation, /^$/],
  [
    'actionlogarchiving',
    'no path',
    { ...rotation, ACTION_LOG_ARCHIVE_PATH: null },
    /ACTION_LOG_ARCHIVE_PATH/,
  ],
  [
    'actionlogarchiving',
    'no location',
    { ...rotation, ACTION_LOG_ARCHIVE_LOCATION: null },
    /ACTION_LOG_ARCHIVE_LOCATION/,
  ],
  [
    'actionlogarchiving',
    'an unknown location',
    { ...rotation, ACTION_LOG_ARCHIVE_LOCATION: 'moon' },
    /moon|ACTION_LOG_ARCHIVE_LOCATION/,
  ],
  ['apptoken-auth', 'another engine', { FEATURE_DIRECT_LOGIN: true }, /^$/],
  ['apptoken-auth', 'whole', appToken, /^$/],
  ['apptoken-auth', 'with passwords', { ...appToken, FEATURE_DIRECT_LOGIN: true }, /FEATURE_DIRECT_LOGIN/],
  [
    'apptoken-auth',
    'without tokens',
    { ...appToken, FEATURE_APP_SPECIFIC_TOKENS: false },
    /FEATURE_APP_SPECIFIC_TOKENS/,
  ],
  ['redis', 'none', {}, /^$/],
  ['redis', 'no host', { BUILDLOGS_REDIS: { port: 6379 } }, /host/],
];

for (const [service, title, keys, expected] of cases) {
  test(`${service}: ${title}`, async () => assert.match(await reasonOf(service, { ...keys }), expected));
}

describe('redis, the real one', needsPrograms('redis-server'), () => {
  test('answers, is gone, and is another one than named', async (t) => {
    const redis = await startRedis();
    t.after(() => redis.stop());
    const connection = { host: '127.0.0.1', port: redis.port };
    const nobody = { host: '127.0.0.1', port: await freePort() };
    assert.equal(await reasonOf('redis', { BUILDLOGS_REDIS: connection, USER_EVENTS_REDIS: connection }), '');
    const gone = await reasonOf('redis', { BUILDLOGS_REDIS: connection, USER_EVENTS_REDIS: nobody });
    assert.match(gone, /USER_EVENTS_REDIS.*ECONNREFUSED/);
    const client = await createRedisClient(connection, { keepTrying: false });
    await client.connect();
    await client.config('SET', 'requirepass', 'right-word');
    client.disconnect();
    const check = (more: object) => reasonOf('redis', { BUILDLOGS_REDIS: { ...connection, ...more } });
    assert.equal(await check({ password: 'right-word' }), '');
    assert.match(await check({}), /BUILDLOGS_REDIS.*NOAUTH/);
    const wrong = await check({ password: 'hidden-word' });
    assert.match(wrong, /BUILDLOGS_REDIS.*WRONGPASS/);
    assert.doesNotMatch(wrong, /hidden-word/);
  });
});

eachDatabaseUri('the validator of the database', (create, dialect) => {
  if (dialect === 'sqlite') {
    test('a file in a directory that is not there', async () => {
      assert.equal(await reasonOf('database', { DB_URI: await create('empty') }), '');
      assert.match(await reasonOf('database', { DB_URI: 'sqlite:////nowhere/at/all.db' }), /does not exist/);
    });
    return;
  }
  test('a server that answers, a wrong password, no such database, nobody there', async () => {
    const uri = new URL(await create('empty'));
    const changed = (change: (copy: URL) => void): string => {
      const copy = new URL(uri);
      change(copy);
      return copy.href;
    };
    const check = (href: string) => reasonOf('database', { DB_URI: href });
    const port = String(await freePort());
    assert.equal(await check(uri.href), '');
    assert.notEqual(
      await check(changed((copy) => Object.assign(copy, { pathname: '/no_such_database' }))),
      '',
    );
    const gone = await check(changed((copy) => Object.assign(copy, { port, password: 'hidden-word' })));
    assert.match(gone, /ECONNREFUSED|cannot be reached|does not answer/);
    assert.doesNotMatch(gone, /hidden-word/);
  });
});
