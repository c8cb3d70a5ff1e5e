import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { findKey } from '#/config/check-values.ts';
import { documentKeys } from '#/config/document-keys.ts';
import { comesWith, idleWords } from '#/config/known-keys/comes-with.ts';
import { knownKeyGroups } from '#/config/known-keys.ts';
import { sections } from '#/config/sections/sections.ts';

const typed = Object.values(sections).flatMap((section) => Object.values(section.keys));
const known = knownKeyGroups.flatMap((group) => group.keys);
const all = [...typed, ...known];

test('every key is defined once', () => {
  const names = all.map(({ name }) => name);
  assert.ok(names.length > 400);
  assert.deepEqual(
    names.filter((name, index) => names.indexOf(name) !== index),
    [],
  );
});

test('every name is one that Quay would read, every summary a sentence', () => {
  for (const key of all) {
    assert.match(key.name, /^[A-Z][A-Z0-9_]+$/);
    assert.match(key.summary, /^[`A-Z].*\.$/s, key.name);
    assert.ok(!key.summary.includes('\n'), key.name);
  }
});

test('every default is a value of its type', () => {
  for (const key of all) {
    const fallback = key.defaultRaw({ dataDirectory: '/data' });
    if (fallback === undefined) continue;
    const parsed = key.type.schema.safeParse(fallback);
    assert.ok(parsed.success, `${key.name}: ${parsed.error?.message}`);
  }
});

test('every key without an effect says what it waits for', () => {
  const idle = all.filter(({ honoured }) => !honoured).map(({ name }) => name);
  assert.deepEqual(
    idle.filter((name) => comesWith(name) === undefined),
    [],
  );
  assert.deepEqual(idleWords(idle), []);
  const page = documentKeys();
  assert.match(page, /^\| `FEATURE_BUILD_SUPPORT` \*\(later, with builds\)\* \|/m);
  assert.match(page, /^\| `V1_ONLY_DOMAIN` \*\(no meaning here\)\* \|/m);
});

test('only keys of the sections have an effect', () => {
  assert.deepEqual(
    known.filter(({ honoured }) => honoured),
    [],
  );
  assert.ok(typed.some(({ honoured }) => honoured));
});

describe('the keys of the Quay 2.9 guide are known', () => {
  const names =
    'AUTHENTICATION_TYPE BUILDLOGS_REDIS DB_URI DEFAULT_TAG_EXPIRATION DISTRIBUTED_STORAGE_CONFIG DISTRIBUTED_STORAGE_PREFERENCE PREFERRED_URL_SCHEME SERVER_HOSTNAME TAG_EXPIRATION_OPTIONS USER_EVENTS_REDIS ACTION_LOG_ARCHIVE_LOCATION ACTION_LOG_ARCHIVE_PATH APP_SPECIFIC_TOKEN_EXPIRATION ALLOW_PULLS_WITHOUT_STRICT_LOGGING AVATAR_KIND BITBUCKET_TRIGGER_CONFIG BITTORRENT_ANNOUNCE_URL BITTORRENT_PIECE_SIZE BROWSER_API_CALLS_XHR_ONLY CONTACT_INFO BLACKLIST_V2_SPEC DB_CONNECTION_ARGS DEFAULT_NAMESPACE_MAXIMUM_BUILD_COUNT DIRECT_OAUTH_CLIENTID_WHITELIST DISTRIBUTED_STORAGE_DEFAULT_LOCATIONS EXTERNAL_TLS_TERMINATION ENABLE_HEALTH_DEBUG_SECRET EXPIRED_APP_SPECIFIC_TOKEN_GC FEATURE_ACI_CONVERSION FEATURE_ACTION_LOG_ROTATION FEATURE_ADVERTISE_V2 FEATURE_ANONYMOUS_ACCESS FEATURE_APP_REGISTRY FEATURE_APP_SPECIFIC_TOKENS FEATURE_BITBUCKET_BUILD FEATURE_BITTORRENT FEATURE_BUILD_SUPPORT FEATURE_CHANGE_TAG_EXPIRATION FEATURE_DIRECT_LOGIN FEATURE_GITHUB_BUILD FEATURE_GITHUB_LOGIN FEATURE_GITLAB_BUILD FEATURE_GOOGLE_LOGIN FEATURE_INVITE_ONLY_USER_CREATION FEATURE_LIBRARY_SUPPORT FEATURE_MAILING FEATURE_NONSUPERUSER_TEAM_SYNCING_SETUP FEATURE_PARTIAL_USER_AUTOCOMPLETE FEATURE_PERMANENT_SESSIONS FEATURE_PROXY_STORAGE FEATURE_PUBLIC_CATALOG FEATURE_READER_BUILD_LOGS FEATURE_RECAPTCHA FEATURE_REQUIRE_ENCRYPTED_BASIC_AUTH FEATURE_REQUIRE_TEAM_INVITE FEATURE_SECURITY_NOTIFICATIONS FEATURE_SECURITY_SCANNER FEATURE_STORAGE_REPLICATION FEATURE_SUPER_USERS FEATURE_TEAM_SYNCING FEATURE_USER_CREATION FEATURE_USER_LOG_ACCESS FEATURE_USER_METADATA FEATURE_USER_RENAME GITHUB_LOGIN_CONFIG GITHUB_TRIGGER_CONFIG GITLAB_TRIGGER_CONFIG GOOGLE_LOGIN_CONFIG HEALTH_CHECKER LOG_ARCHIVE_LOCATION LOG_ARCHIVE_PATH MAIL_DEFAULT_SENDER MAIL_PASSWORD MAIL_PORT MAIL_SERVER MAIL_USERNAME MAIL_USE_TLS MAXIMUM_LAYER_SIZE PUBLIC_NAMESPACES PROMETHEUS_NAMESPACE RECAPTCHA_SITE_KEY RECAPTCHA_SECRET_KEY REGISTRY_TITLE REGISTRY_TITLE_SHORT SECURITY_SCANNER_ENDPOINT SECURITY_SCANNER_INDEXING_INTERVAL SESSION_COOKIE_SECURE SUPER_USERS TEAM_RESYNC_STALE_TIME USERFILES_LOCATION USERFILES_PATH USER_RECOVERY_TOKEN_LIFETIME V2_PAGINATION_SIZE';
  for (const name of names.split(' ')) {
    test(name, () => assert.equal(findKey(name)?.since, '2.9'));
  }
});

test('the documentation names every key once and is the same at every run', () => {
  const page = documentKeys();
  assert.equal(documentKeys(), page);
  for (const { name } of all) {
    assert.equal(page.split(`\n| \`${name}\``).length, 2, name);
  }
});
