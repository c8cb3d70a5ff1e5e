import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allKeys } from '#/config/effective-values.ts';
import { isSecretName } from '#/config/mask-value.ts';
import { openApi } from '#/testing/api-fixture.ts';

const marker = 'q7secretq7';

/** Clients send these themselves. */
const publicByPurpose = new Set([
  'MIXPANEL_KEY',
  'SENTRY_PUBLIC_DSN',
  'STRIPE_PUBLISHABLE_KEY',
  'RECAPTCHA_SITE_KEY',
]);

/** A value that holds the marker, for every key whose name says secret and that takes a text. */
function secretValues(): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [name, { type }] of allKeys) {
    if (!isSecretName(name) || publicByPurpose.has(name) || name.startsWith('INSTANCE_SERVICE_KEY_'))
      continue;
    for (const value of [`${marker}-${name}`, [`${marker}-${name}`]]) {
      if (type.schema.safeParse(value).success) values[name] ??= value;
    }
  }
  return values;
}

const nested = {
  GITHUB_LOGIN_CONFIG: {
    CLIENT_ID: 'public-id',
    CLIENT_SECRET: marker,
    GITHUB_ENDPOINT: 'https://github.com/',
  },
  GITLAB_TRIGGER_CONFIG: {
    CLIENT_ID: 'trigger-id',
    CLIENT_SECRET: marker,
    GITLAB_ENDPOINT: 'https://gitlab.com',
  },
  MAIL_PASSWORD: marker,
  FEATURE_MAILING: false,
  FEATURE_SUPERUSER_CONFIGDUMP: true,
  SUPER_USERS: ['root'],
};

test('no secret of the configuration leaves by /config or the description of superusers', async (t) => {
  const secrets = secretValues();
  assert.ok(Object.keys(secrets).length > 10, Object.keys(secrets).join());
  const api = await openApi(t, { configuration: { ...secrets, ...nested } });
  await api.createPerson('root');
  const shown = await api.call('GET', '//config');
  assert.equal(shown.status, 200);
  const described = await api.call('GET', '/superuser/config', { as: 'root' });
  assert.equal(described.status, 200, described.text.slice(0, 500));
  assert.deepEqual(Object.keys(described.json).sort(), ['config', 'env', 'schema', 'warning']);
  assert.equal(described.json.config.MAIL_PASSWORD, '***');
  assert.equal(described.json.config.GITHUB_LOGIN_CONFIG.CLIENT_SECRET, '***');
  assert.equal(described.json.config.REGISTRY_TITLE, 'Wharf');
  assert.equal(described.json.schema.properties.SUPER_USERS.type, 'array');
  for (const { text } of [shown, described]) {
    assert.equal(
      text.includes(marker),
      false,
      text.slice(Math.max(0, text.indexOf(marker) - 80), text.indexOf(marker) + 40),
    );
    assert.equal(text.includes('2222222222222222'), false);
  }
});

test('/config holds what a user interface needs, and only that', async (t) => {
  const api = await openApi(t, {
    configuration: {
      ...nested,
      SERVER_HOSTNAME: 'registry.example.com',
      CONTACT_INFO: ['https://help.example.com'],
    },
  });
  const { json, headers } = await api.call('GET', '//config', { headers: { cookie: '' } });
  assert.equal(headers['access-control-allow-origin'], '*');
  assert.deepEqual(Object.keys(json).sort(), [
    'account_recovery_mode',
    'config',
    'external_login',
    'features',
    'oauth',
    'registry_state',
    'version_number',
  ]);
  const { config, features, oauth, ...rest } = json;
  assert.deepEqual(rest, {
    account_recovery_mode: false,
    external_login: [],
    registry_state: 'normal',
    version_number: 'test',
  });
  assert.deepEqual(oauth, {
    GITHUB_LOGIN_CONFIG: { CLIENT_ID: 'public-id', GITHUB_ENDPOINT: 'https://github.com/' },
    GITLAB_TRIGGER_CONFIG: { CLIENT_ID: 'trigger-id', GITLAB_ENDPOINT: 'https://gitlab.com' },
  });
  for (const [name, value] of Object.entries({
    AUTHENTICATION_TYPE: 'Database',
    AVATAR_KIND: 'local',
    CONTACT_INFO: ['https://help.example.com'],
    LOCAL_OAUTH_HANDLER: '/oauth/localapp',
    PREFERRED_URL_SCHEME: 'http',
    REGISTRY_TITLE: 'Wharf',
    SEARCH_MAX_RESULT_PAGE_COUNT: 10,
    SERVER_HOSTNAME: 'registry.example.com',
    SETUP_COMPLETE: true,
  })) {
    assert.deepEqual(config[name], value, name);
  }
  assert.equal(config.DB_URI, undefined);
  assert.deepEqual([features.SUPER_USERS, features.MAILING], [true, false]);
  assert.ok(Object.values(features).every((value) => typeof value === 'boolean'));
});

test('the well-known documents', async (t) => {
  const api = await openApi(t, {
    configuration: { SERVER_HOSTNAME: 'registry.example.com', PREFERRED_URL_SCHEME: 'https' },
  });
  await api.createPerson('olga');
  const repository = 'https://registry.example.com/api/v1/repository/{namespace}/{reponame}';
  assert.deepEqual((await api.call('GET', '//.well-known/app-capabilities')).json, {
    appName: 'io.quay',
    capabilities: {
      'io.quay.view-image': { 'url-template': 'https://registry.example.com/{namespace}/{reponame}:{tag}' },
      'io.quay.image-security': { 'rest-api-template': `${repository}/image/{imageid}/security` },
      'io.quay.manifest-security': { 'rest-api-template': `${repository}/manifest/{digest}/security` },
    },
  });
  const page = '//.well-known/change-password';
  assert.equal((await api.call('GET', page)).status, 401);
  const sent = await api.call('GET', page, { as: 'olga' });
  assert.deepEqual([sent.status, sent.headers.location], [302, '/user/olga?tab=settings']);
});
