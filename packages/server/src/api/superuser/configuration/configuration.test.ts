import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { packArchive } from '#/config/directory/archive.ts';
import { type ApiFixture, openApi } from '#/testing/api-fixture.ts';

const boundary = 'wharf-test';
const keys = {
  REGISTRY_TITLE: 'First',
  MAIL_PASSWORD: 'mail-secret',
  BUILDLOGS_REDIS_HOSTNAME: 'redis.example.com',
  MY_OWN: { TEXT: 'own-secret' },
};

async function open(t: Parameters<typeof openApi>[0], more: Readonly<Record<string, unknown>> = {}) {
  const api = await openApi(t, { configuration: { ...keys, ...more } });
  await api.createPerson('root', { superuser: true });
  await api.createPerson('alice');
  const directory = join(api.dataDirectory, 'test-config');
  return { api, directory, source: () => readFileSync(join(directory, 'config.yaml'), 'utf8') };
}

const read = async (api: ApiFixture) =>
  (await api.call('GET', '/superuser/config', { as: 'root' })).json.config;
const save = (api: ApiFixture, config: unknown, more = {}) =>
  api.call('PUT', '/superuser/config', { as: 'root', body: { config, ...more } });
const form = (content: string) => ({
  form: `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\n${content}\r\n--${boundary}--\r\n`,
  headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
});

test('what is read and sent back with a change keeps secrets, comments and unknown keys', async (t) => {
  const { api, directory, source } = await open(t);
  writeFileSync(join(directory, 'config.yaml'), `# Ours, do not lose.\n${source()}lower_case: kept\n`);
  const config = await read(api);
  assert.deepEqual(
    [config.MAIL_PASSWORD, config.MY_OWN, config.SECRET_KEY, config.REGISTRY_TITLE],
    ['***', '***', '***', 'First'],
  );
  const saved = await save(api, { ...config, REGISTRY_TITLE: 'Second', V2_PAGINATION_SIZE: 77 });
  assert.equal(saved.status, 200, saved.text);
  assert.equal(saved.json.exists, true);
  assert.equal(saved.json.version, 1);
  assert.ok(saved.json.now.includes('REGISTRY_TITLE'), saved.text);
  assert.deepEqual(saved.json.restart, []);
  assert.doesNotMatch(saved.text, /mail-secret|own-secret|1111111111/);
  assert.match(source(), /^# Ours, do not lose\./);
  assert.match(source(), /lower_case: kept/);
  assert.match(source(), /MAIL_PASSWORD: mail-secret/);
  assert.match(source(), /own-secret/);
  assert.match(source(), /MAIL_PORT: 587/);
  const about = await api.call('GET', '//config', {});
  assert.match(about.text, /"REGISTRY_TITLE":"Second"/);
});

test('what needs a restart is named, and does not count before', async (t) => {
  const { api } = await open(t);
  const saved = await save(api, {
    ...(await read(api)),
    REGISTRY_STATE: 'readonly',
    REGISTRY_TITLE: 'Third',
  });
  assert.equal(saved.status, 200, saved.text);
  assert.deepEqual(saved.json.restart, ['REGISTRY_STATE']);
  assert.equal(saved.json.requires_restart, true);
  assert.equal(api.services.settings.readOnly, false);
  const status = await api.call('GET', '/superuser/registrystatus');
  assert.deepEqual(status.json, { status: 'ready', provider_id: 'file', requires_restart: true });
});

const refusals = [
  ['a wrong value', { REGISTRY_STATE: 'half' }, 400, /REGISTRY_STATE/],
  [
    'another database',
    { DB_URI: 'postgresql://u:new-secret@db/x' },
    400,
    /DB_URI.*config\.yaml of each node/,
  ],
  ['another key of secrets', { SECRET_KEY: '42' }, 400, /SECRET_KEY/],
  ['a mask without a secret', { RECAPTCHA_SECRET_KEY: '***' }, 400, /RECAPTCHA_SECRET_KEY/],
] as const;
for (const [title, change, status, message] of refusals) {
  test(`${title} is refused, and nothing is changed`, async (t) => {
    const { api, source } = await open(t);
    const before = source();
    const answer = await save(api, { ...(await read(api)), ...change });
    assert.equal(answer.status, status, answer.text);
    assert.match(answer.json.message, message);
    assert.doesNotMatch(answer.text, /new-secret|mail-secret/);
    assert.equal(source(), before);
  });
}

test('of two changes made from one version the second is refused', async (t) => {
  const { api } = await open(t);
  const config = await read(api);
  assert.equal((await save(api, { ...config, REGISTRY_TITLE: 'a' }, { base_version: 0 })).status, 200);
  const late = await save(api, { ...config, REGISTRY_TITLE: 'b' }, { base_version: 0 });
  assert.equal(late.status, 409, late.text);
  assert.match(late.json.message, /changed by root meanwhile: read version 1/);
});

test('versions are listed, compared without secrets, and rolled back to', async (t) => {
  const { api, source } = await open(t);
  await save(api, { ...(await read(api)), REGISTRY_TITLE: 'one' }, { note: 'the first' });
  await save(api, { ...(await read(api)), REGISTRY_TITLE: 'two', MAIL_PASSWORD: 'other-secret' });
  const { versions } = (await api.call('GET', '/superuser/configuration/versions', { as: 'root' })).json;
  assert.deepEqual(
    versions.map(({ version, author, note }: Record<string, unknown>) => [version, author, note]),
    [
      [2, 'root', ''],
      [1, 'root', 'the first'],
    ],
  );
  const diff = await api.call('GET', '/superuser/configuration/versions/2/diff', { as: 'root' });
  assert.deepEqual(diff.json.changes, [
    { name: 'MAIL_PASSWORD', before: '***', after: '*** (changed)' },
    { name: 'REGISTRY_TITLE', before: 'one', after: 'two' },
  ]);
  const back = await api.call('POST', '/superuser/configuration/versions/1/rollback', { as: 'root' });
  assert.equal(back.status, 200, back.text);
  assert.equal(back.json.version, 3);
  assert.match(source(), /REGISTRY_TITLE: "?one/);
  assert.match(source(), /mail-secret/);
  for (const path of ['99/diff', 'x/diff', '0/diff', '1e1/diff'])
    assert.equal(
      (await api.call('GET', `/superuser/configuration/versions/${path}`, { as: 'root' })).status,
      404,
    );
});

test('audit rows name what changed and hold no secret', async (t) => {
  const { api } = await open(t);
  await save(api, { ...(await read(api)), MAIL_PASSWORD: 'brand-new-secret' });
  const rows = await api.services.database.read.selectFrom('action_logs').selectAll().execute();
  const text = JSON.stringify(rows);
  assert.match(text, /MAIL_PASSWORD/);
  assert.doesNotMatch(text, /brand-new-secret|mail-secret/);
});

test('files with the names that Quay knows are stored, with no other', async (t) => {
  const { api, directory } = await open(t);
  const path = '/superuser/config/file';
  assert.deepEqual((await api.call('GET', `${path}/ldap.crt`, { as: 'root' })).json, { exists: false });
  const stored = await api.call('POST', `${path}/ldap.crt`, { as: 'root', ...form('a certificate') });
  assert.equal(stored.status, 200, stored.text);
  assert.equal(stored.json.status, true);
  assert.equal(readFileSync(join(directory, 'ldap.crt'), 'utf8'), 'a certificate');
  assert.deepEqual((await api.call('GET', `${path}/ldap.crt`, { as: 'root' })).json, { exists: true });
  const hostile = [
    'config.yaml',
    '..%2Fldap.crt',
    '%2e%2e%2fssl.key',
    'docker_v2.pem',
    '..%2Fx-cloudfront-signing-key.pem',
  ];
  for (const name of hostile) {
    assert.equal((await api.call('GET', `${path}/${name}`, { as: 'root' })).status, 404, name);
    assert.equal((await api.call('POST', `${path}/${name}`, { as: 'root', ...form('x') })).status, 404, name);
  }
  const json = await api.call('POST', `${path}/ldap.crt`, { as: 'root', body: {} });
  assert.equal(json.status, 400);
});

test('the archive goes down with the secrets and up again', async (t) => {
  const { api, directory, source } = await open(t);
  await api.call('POST', '/superuser/config/file/ldap.crt', { as: 'root', ...form('one') });
  const headers = await api.headersOf({ as: 'root' });
  const url = `${api.url}/api/v1/configapp/tarconfig`;
  const down = await fetch(url, { headers });
  assert.equal(down.headers.get('content-type'), 'application/gzip');
  const archive = Buffer.from(await down.arrayBuffer());
  assert.match(gunzipSync(archive).toString('latin1'), /mail-secret/);
  const up = (body: Buffer) => fetch(url, { method: 'PUT', headers, body: new Uint8Array(body) });
  await save(api, { ...(await read(api)), REGISTRY_TITLE: 'later' });
  assert.equal((await up(archive)).status, 200);
  assert.match(source(), /REGISTRY_TITLE: First/);
  const bad = [
    packArchive(new Map([['../evil', Buffer.from('x')]])),
    packArchive(
      new Map([
        ['config.yaml', Buffer.from('A: 1\n')],
        ['other.sh', Buffer.from('x')],
      ]),
    ),
    packArchive(new Map([['ldap.crt', Buffer.from('x')]])),
    Buffer.from('no archive'),
    packArchive(new Map([['config.yaml', Buffer.alloc(20 * 1024 ** 2)]])),
  ];
  for (const body of bad) assert.equal((await up(body)).status, 400);
  assert.ok(!existsSync(join(directory, 'other.sh')));
});

test('validators try what is submitted, not what is stored', async (t) => {
  const { api } = await open(t);
  const config = await read(api);
  const validate = async (service: string, change: object) =>
    (
      await api.call('POST', `/superuser/config/validate/${service}`, {
        as: 'root',
        body: { config: { ...config, ...change } },
      })
    ).json;
  assert.deepEqual(await validate('access', {}), { status: true });
  assert.equal((await validate('access', { FEATURE_DIRECT_LOGIN: false })).status, false);
  assert.deepEqual(await validate('no-such-service', {}), { status: false });
  assert.match(
    (await validate('time-machine', { DEFAULT_TAG_EXPIRATION: '3w' })).reason,
    /TAG_EXPIRATION_OPTIONS/,
  );
});

const operations = [
  ['GET', '/superuser/config'],
  ['PUT', '/superuser/config'],
  ['POST', '/superuser/config/validate/access'],
  ['GET', '/superuser/config/file/ssl.key'],
  ['POST', '/superuser/config/file/ssl.key'],
  ['POST', '/superuser/shutdown'],
  ['GET', '/configapp/tarconfig'],
  ['PUT', '/configapp/tarconfig'],
  ['POST', '/configapp/initialization'],
  ['GET', '/superuser/configuration'],
  ['GET', '/superuser/configuration/versions'],
  ['GET', '/superuser/configuration/versions/1/diff'],
  ['POST', '/superuser/configuration/versions/1/rollback'],
] as const;

test('only a superuser with a fresh sign-in by browser passes: no other person, no token, no other site', async (t) => {
  const { api, source } = await open(t);
  const before = source();
  const bearer = await api.tokenOf('root', ['super:user', 'user:admin', 'org:admin']);
  const body = { config: { REGISTRY_TITLE: 'evil' } };
  for (const [method, path] of operations) {
    const more = method === 'GET' ? {} : { body };
    const name = `${method} ${path}`;
    assert.equal((await api.call(method, path, { as: 'alice', ...more })).status, 403, name);
    assert.equal((await api.call(method, path, { bearer, ...more })).status, 403, name);
    assert.equal((await api.call(method, path, more)).status, 401, name);
    if (method === 'GET') continue;
    const { 'x-csrf-token': _token, ...cookieOnly } = await api.headersOf({ as: 'root' });
    const crossSite = await fetch(`${api.url}/api/v1${path}`, {
      method,
      headers: { ...cookieOnly, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    assert.equal(crossSite.status, 403, name);
  }
  api.clock.advanceMs(3_600_000);
  for (const [method, path] of operations) {
    const stale = await api.call(method, path, { as: 'root', ...(method === 'GET' ? {} : { body }) });
    assert.equal(stale.status, 401, `${method} ${path}`);
    assert.equal(stale.json.error_type, 'fresh_login_required');
  }
  assert.equal(source(), before);
});

test('the last superuser cannot be taken out of the configuration here', async (t) => {
  const api = await openApi(t, { configuration: { ...keys, SUPER_USERS: ['root'] } });
  await api.createPerson('root');
  const config = await read(api);
  const emptied = await save(api, { ...config, SUPER_USERS: [] });
  assert.equal(emptied.status, 400, emptied.text);
  assert.match(emptied.json.message, /no superuser any more/);
  await api.createPerson('other', { superuser: true });
  assert.equal((await save(api, { ...config, SUPER_USERS: [] })).status, 200);
});

test('a superuser who may only read gets no archive, whose keys would open everything', async (t) => {
  const { api } = await open(t, { GLOBAL_READONLY_SUPER_USERS: ['root'] });
  assert.equal((await api.call('GET', '/superuser/configuration', { as: 'root' })).status, 200);
  const archive = await api.call('GET', '/configapp/tarconfig', { as: 'root' });
  assert.equal(archive.status, 403, archive.text);
});

test('without FEATURE_SUPER_USERS there is nothing of all this', async (t) => {
  const { api } = await open(t, { FEATURE_SUPER_USERS: false });
  for (const [method, path] of [...operations, ['GET', '/superuser/registrystatus']] as const)
    assert.equal(
      (await api.call(method, path, { as: 'root', ...(method === 'GET' ? {} : { body: {} }) })).status,
      404,
      path,
    );
});

test('a registry without users takes the first steps and nothing else', async (t) => {
  const api = await openApi(t, { configuration: keys });
  assert.deepEqual((await api.call('GET', '/superuser/registrystatus')).json, { status: 'create-superuser' });
  assert.equal((await api.call('GET', '/superuser/config')).status, 401);
  assert.equal((await api.call('PUT', '/superuser/config', { body: { config: {} } })).status, 401);
  assert.equal((await api.call('GET', '/superuser/setupdb')).status, 403);
  const person = { username: 'first', password: 'correct-horse', email: 'first@example.com' };
  const elsewhere = await api.call('POST', '/superuser/config/createsuperuser', {
    body: person,
    headers: { 'x-forwarded-for': '192.0.2.1' },
  });
  assert.equal(elsewhere.status, 401);
  const made = await api.call('POST', '/superuser/config/createsuperuser', { body: person });
  assert.deepEqual([made.status, made.json], [200, { status: true }], made.text);
  assert.ok(made.headers['set-cookie']);
  assert.equal((await api.call('POST', '/superuser/config/createsuperuser', { body: person })).status, 401);
  assert.equal((await api.call('POST', '/superuser/shutdown')).status, 401);
});
