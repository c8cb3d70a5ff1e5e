import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  createOrganization,
  createRobot,
  findAccountByName,
  setAccountEnabled,
} from '#/domain/namespaces/index.ts';
import { openApi, personPassword } from '#/testing/api-fixture.ts';

test('signing in starts a session that works, and says why it does not', async (t) => {
  const api = await openApi(t);
  const olga = await api.createPerson('olga', { email: 'olga@example.com' });
  for (const username of ['olga', 'olga@example.com']) {
    const answer = await api.call('POST', '/signin', { body: { username, password: personPassword } });
    assert.deepEqual([answer.status, answer.json], [200, { success: true }]);
    const [cookie = ''] = String(answer.headers['set-cookie']).split(';', 1);
    const next = String(answer.headers['x-next-csrf-token']);
    const me = await api.call('GET', '/user/', { headers: { cookie } });
    assert.equal(me.json.username, 'olga');
    const verified = await api.call('POST', '/signin/verify', {
      body: { password: personPassword },
      headers: { cookie, 'x-csrf-token': next },
    });
    assert.deepEqual([verified.status, verified.json], [200, { success: true }]);
    assert.notEqual(verified.headers['x-next-csrf-token'], next);
  }
  const wrong = await api.call('POST', '/signin', { body: { username: 'olga', password: 'wrong-horse' } });
  assert.equal(wrong.status, 403);
  assert.deepEqual(wrong.json, {
    needsEmailVerification: false,
    invalidCredentials: true,
    message: 'Invalid Username or Password',
  });
  const throttled = await api.call('POST', '/signin', {
    body: { username: 'olga', password: personPassword },
  });
  assert.equal(throttled.status, 429);
  assert.equal(throttled.headers['retry-after'], '1');
  assert.match(String(throttled.headers['content-type']), /^text\/plain/);
  await setAccountEnabled(api.services, { accountId: olga.id, enabled: false });
  api.clock.advanceMs(60_000);
  const disabled = await api.call('POST', '/signin', {
    body: { username: 'olga', password: personPassword },
  });
  assert.deepEqual([disabled.status, disabled.json.invalidCredentials], [403, false]);
});

test('the own view tells everything, another one little', async (t) => {
  const api = await openApi(t);
  const olga = await api.createPerson('olga');
  await api.createPerson('hugo');
  await createOrganization(api.services, { name: 'acme', ownerId: olga.id });
  const { json } = await api.call('GET', '/user/', { as: 'olga' });
  const { color, ...avatar } = json.avatar;
  assert.match(color, /^#[0-9a-f]{6}$/);
  assert.deepEqual([avatar.name, avatar.kind], ['olga', 'user']);
  assert.match(avatar.hash, /^[0-9a-f]{32}$/);
  const { avatar: _avatar, organizations, ...rest } = json;
  assert.deepEqual(rest, {
    anonymous: false,
    username: 'olga',
    can_create_repo: true,
    is_me: true,
    verified: true,
    email: null,
    logins: [],
    invoice_email: false,
    invoice_email_address: null,
    preferred_namespace: true,
    tag_expiration_s: 1_209_600,
    prompts: [],
    company: null,
    family_name: null,
    given_name: null,
    location: null,
    is_free_account: true,
    has_password_set: true,
  });
  assert.deepEqual(
    organizations.map(({ avatar: _a, ...organization }: { avatar: unknown }) => organization),
    [{ name: 'acme', can_create_repo: true, public: false, is_org_admin: true, preferred_namespace: true }],
  );
  const seen = await api.call('GET', '/users/olga', { as: 'hugo' });
  assert.deepEqual(Object.keys(seen.json).sort(), ['anonymous', 'avatar', 'username']);
  const readToken = await api.tokenOf('olga', ['user:read']);
  const read = await api.call('GET', '/user/', { bearer: readToken });
  assert.deepEqual(Object.keys(read.json).sort(), ['anonymous', 'avatar', 'organizations', 'username']);
  const otherToken = await api.tokenOf('olga', ['repo:admin']);
  assert.equal((await api.call('GET', '/user/', { bearer: otherToken })).status, 403);
  const nobody = await api.call('GET', '/user/');
  assert.equal(nobody.status, 401);
  assert.equal(nobody.json.session_required, false);
  for (const name of ['nobody', 'acme']) {
    assert.equal((await api.call('GET', `/users/${name}`, { as: 'olga' })).status, 404, name);
  }
});

test('a session ends with its time, with a new password elsewhere, by revocation and by signing out', async (t) => {
  const api = await openApi(t);
  await api.createPerson('olga');
  const signIn = async (): Promise<Record<string, string>> => {
    const answer = await api.call('POST', '/signin', {
      body: { username: 'olga', password: personPassword },
    });
    const [cookie = ''] = String(answer.headers['set-cookie']).split(';', 1);
    return { cookie, 'x-csrf-token': String(answer.headers['x-next-csrf-token']) };
  };
  const status = async (headers: Record<string, string>) =>
    (await api.call('GET', '/user/', { headers })).status;
  const [first, second] = [await signIn(), await signIn()];
  const listed = await api.call('GET', '/user/sessions', { headers: second });
  assert.deepEqual(
    listed.json.sessions.map((session: { is_current: boolean }) => session.is_current),
    [true, false],
  );
  const [, other] = listed.json.sessions;
  assert.equal((await api.call('DELETE', `/user/sessions/${other.uuid}`, { headers: second })).status, 204);
  assert.deepEqual([await status(first), await status(second)], [401, 200]);
  assert.equal((await api.call('DELETE', `/user/sessions/${other.uuid}`, { headers: second })).status, 404);

  api.clock.advanceMs(1000);
  const changed = await api.call('PUT', '/user/', { headers: second, body: { password: 'other-horse' } });
  assert.equal(changed.status, 200, changed.text);
  assert.equal(await status(second), 401);
  const [cookie = ''] = String(changed.headers['set-cookie']).split(';', 1);
  const third = { cookie, 'x-csrf-token': String(changed.headers['x-next-csrf-token']) };
  assert.equal(await status(third), 200);
  assert.equal((await api.call('POST', '/signout', { headers: third })).status, 200);
  assert.equal(await status(third), 401);
  assert.equal(
    (await api.call('POST', '/signin', { body: { username: 'olga', password: 'other-horse' } })).status,
    200,
  );
});

test('a session lives for SESSION_TIMEOUT, and sensitive calls want a fresh one', async (t) => {
  const api = await openApi(t, { configuration: { SESSION_TIMEOUT: '1d' } });
  await api.createPerson('olga');
  const answer = await api.call('POST', '/signin', { body: { username: 'olga', password: personPassword } });
  const [cookie = ''] = String(answer.headers['set-cookie']).split(';', 1);
  const headers = { cookie, 'x-csrf-token': String(answer.headers['x-next-csrf-token']) };
  api.clock.advanceMs(10 * 60_000);
  assert.equal((await api.call('PUT', '/user/', { headers, body: {} })).status, 200);
  api.clock.advanceMs(1000);
  const stale = await api.call('PUT', '/user/', { headers, body: {} });
  assert.deepEqual([stale.status, stale.json.error_type], [401, 'fresh_login_required']);
  const token = await api.tokenOf('olga', ['user:admin']);
  assert.equal((await api.call('PUT', '/user/', { bearer: token, body: {} })).status, 200);
  const verified = await api.call('POST', '/signin/verify', { headers, body: { password: personPassword } });
  const [next = ''] = String(verified.headers['set-cookie']).split(';', 1);
  const fresh = { cookie: next, 'x-csrf-token': String(verified.headers['x-next-csrf-token']) };
  assert.equal((await api.call('PUT', '/user/', { headers: fresh, body: {} })).status, 200);
  api.clock.advanceMs(24 * 3600_000);
  assert.equal((await api.call('GET', '/user/', { headers })).status, 401);
});

test('details change under their flags', async (t) => {
  const api = await openApi(t, { configuration: { FEATURE_USER_METADATA: true, FEATURE_USER_RENAME: true } });
  await api.createPerson('olga');
  const olga = await findAccountByName(api.services.database.read, 'olga');
  assert.ok(olga !== undefined);
  await createRobot(api.services, { owner: olga, shortName: 'ci' });
  for (const [body, expected] of [
    [{ tag_expiration_s: 86_400 }, { tag_expiration_s: 86_400 }],
    [
      { given_name: 'Olga', company: null },
      { given_name: 'Olga', company: null },
    ],
    [{ email: 'olga@example.com' }, { email: 'olga@example.com' }],
    [{ invoice_email: true }, { invoice_email: true }],
  ] as const) {
    const { status, json, text } = await api.call('PUT', '/user/', { as: 'olga', body });
    assert.equal(status, 200, text);
    for (const [key, value] of Object.entries(expected)) assert.deepEqual(json[key], value, key);
  }
  for (const body of [
    { tag_expiration_s: 5 },
    { email: 'no address' },
    { username: 'UPPER' },
    { password: 'short' },
    { invoice_email_address: 'x' },
    { given_name: 5 },
  ]) {
    const { status, json } = await api.call('PUT', '/user/', { as: 'olga', body });
    assert.equal(status, 400, JSON.stringify(body));
    assert.equal(typeof json.message, 'string');
  }
  const renamed = await api.call('PUT', '/user/', { as: 'olga', body: { username: 'helga' } });
  assert.equal(renamed.json.username, 'helga');
  assert.ok((await findAccountByName(api.services.database.read, 'helga+ci')) !== undefined);
  const strict = await openApi(t);
  await strict.createPerson('olga');
  const refused = await strict.call('PUT', '/user/', { as: 'olga', body: { username: 'helga' } });
  assert.equal(refused.status, 400);
});

test('registration signs in, and follows its flags', async (t) => {
  const api = await openApi(t, {
    configuration: { FEATURE_BLACKLISTED_EMAILS: true, BLACKLISTED_EMAIL_DOMAINS: ['spam.example'] },
  });
  const body = { username: 'olga', password: personPassword, email: 'olga@example.com' };
  const created = await api.call('POST', '/user/', { body });
  assert.equal(created.status, 200, created.text);
  assert.equal(created.json.is_me, true);
  assert.ok(created.headers['set-cookie'] !== undefined);
  for (const [other, status] of [
    [body, 400],
    [{ ...body, username: 'hugo' }, 400],
    [{ ...body, username: 'hugo', email: 'a@spam.example' }, 400],
    [{ ...body, username: 'hugo', email: 'a@sub.SPAM.example' }, 400],
    [{ username: 'hugo', password: personPassword }, 200],
  ] as const) {
    assert.equal((await api.call('POST', '/user/', { body: other })).status, status, JSON.stringify(other));
  }
  const closed = await openApi(t, { configuration: { FEATURE_USER_CREATION: false } });
  assert.equal((await closed.call('POST', '/user/', { body })).status, 405);
  const invited = await openApi(t, { configuration: { FEATURE_INVITE_ONLY_USER_CREATION: true } });
  assert.equal((await invited.call('POST', '/user/', { body })).status, 400);
});

test('an account becomes an organization of somebody else', async (t) => {
  const api = await openApi(t);
  await api.createPerson('olga');
  await api.createPerson('hugo');
  const convert = (adminUser: string, adminPassword: string) =>
    api.call('POST', '/user/convert', { as: 'olga', body: { adminUser, adminPassword } });
  for (const [user, password] of [
    ['olga', personPassword],
    ['hugo', 'wrong-horse'],
  ] as const) {
    const refused = await convert(user, password);
    assert.deepEqual([refused.status, refused.json.reason], [400, 'invaliduser'], user);
  }
  api.clock.advanceMs(60_000);
  const converted = await convert('hugo', personPassword);
  assert.equal(converted.status, 200, converted.text);
  assert.equal((await api.call('GET', '/user/', { as: 'olga' })).status, 401);
  const { json } = await api.call('GET', '/user/', { as: 'hugo' });
  assert.deepEqual(
    json.organizations.map((organization: { name: string }) => organization.name),
    ['olga'],
  );
});

test('authorizations and app tokens belong to their owner', async (t) => {
  const api = await openApi(t);
  await api.createPerson('olga');
  await api.createPerson('hugo');
  const token = await api.tokenOf('olga', ['repo:read', 'user:admin']);
  const { json } = await api.call('GET', '/user/authorizations', { as: 'olga' });
  const [authorization] = json.authorizations;
  assert.deepEqual(
    authorization.scopes.map(({ scope }: { scope: string }) => scope),
    ['repo:read', 'user:admin'],
  );
  assert.equal(authorization.application.name, 'test');
  assert.equal(authorization.application.organization.name, 'olga');
  const path = `/user/authorizations/${authorization.uuid}`;
  assert.equal((await api.call('GET', path, { as: 'hugo' })).status, 404);
  assert.equal((await api.call('DELETE', path, { as: 'hugo' })).status, 404);
  assert.equal((await api.call('GET', path, { as: 'olga' })).status, 200);
  assert.equal((await api.call('DELETE', path, { as: 'olga' })).status, 204);
  assert.equal((await api.call('GET', '/user/', { bearer: token })).status, 401);

  const created = await api.call('POST', '/user/apptoken', { as: 'olga', body: { title: 'laptop' } });
  assert.equal(created.status, 200, created.text);
  assert.equal(created.json.token.token_code.length, 120);
  assert.equal(created.json.token.created, 'Thu, 01 Jan 2026 00:00:00 -0000');
  const appToken = `/user/apptoken/${created.json.token.uuid}`;
  assert.equal((await api.call('GET', appToken, { as: 'hugo' })).status, 404);
  assert.equal((await api.call('DELETE', appToken, { as: 'hugo' })).status, 404);
  assert.deepEqual((await api.call('GET', appToken, { as: 'olga' })).json, created.json);
  const list = await api.call('GET', '/user/apptoken', { as: 'olga' });
  const { token_code: _code, ...shown } = created.json.token;
  assert.deepEqual(list.json, { tokens: [shown], only_expiring: false });
  assert.equal((await api.call('DELETE', appToken, { as: 'olga' })).status, 204);
  assert.equal((await api.call('GET', appToken, { as: 'olga' })).status, 404);
});

test('deleting the own account ends everything at once', async (t) => {
  const api = await openApi(t);
  await api.createPerson('olga');
  assert.equal((await api.call('DELETE', '/user/', { as: 'olga' })).status, 204);
  assert.equal((await api.call('GET', '/user/', { as: 'olga' })).status, 401);
  assert.equal((await api.call('GET', '/users/olga')).status, 404);
  await api.createPerson('olga');
});

test('signing in and out is in the action log, refusals where the configuration asks for them', async (t) => {
  for (const [configuration, expected] of [
    [{}, ['logout_success', 'login_success']],
    [{ ACTION_LOG_AUDIT_LOGIN_FAILURES: true }, ['logout_success', 'login_success', 'login_failure']],
    [{ ACTION_LOG_AUDIT_LOGINS: false }, []],
  ] as const) {
    const api = await openApi(t, { configuration });
    const { id } = await api.createPerson('olga');
    await api.call('POST', '/signin', { body: { username: 'olga', password: 'wrong-horse' } });
    api.clock.advanceMs(60_000);
    const { headers } = await api.call('POST', '/signin', {
      body: { username: 'olga', password: personPassword },
    });
    const [cookie = ''] = String(headers['set-cookie']).split(';', 1);
    await api.call('POST', '/signout', {
      headers: { cookie, 'x-csrf-token': String(headers['x-next-csrf-token']) },
    });
    const { json } = await api.call('GET', '/user/logs', {
      bearer: await api.tokenOf('olga', ['user:admin']),
    });
    const entries = json.logs.filter(({ kind }: { kind: string }) => /^log(in|out)_/.test(kind));
    assert.deepEqual(
      entries.map(({ kind }: { kind: string }) => kind),
      expected,
      JSON.stringify(configuration),
    );
    for (const { metadata } of entries) assert.ok(!JSON.stringify(metadata).includes('horse'));
    assert.equal(typeof id, 'number');
  }
});

test('nobody takes a name that the configuration gives rights to', async (t) => {
  const names = { SUPER_USERS: ['root'], GLOBAL_READONLY_SUPER_USERS: ['auditor'] };
  const api = await openApi(t, { configuration: { ...names, FEATURE_USER_RENAME: true } });
  await api.createPerson('mallory');
  await api.createPerson('olga');
  const rename = (username: string) => api.call('PUT', '/user/', { as: 'mallory', body: { username } });
  const taken = await rename('olga');
  for (const name of ['root', 'auditor']) {
    const refused = await rename(name);
    assert.equal(refused.status, taken.status);
    assert.equal(refused.json.message, taken.json.message.replace('olga', name));
  }
  assert.equal((await api.call('GET', '/superuser/users/', { as: 'mallory' })).status, 403);
  assert.equal((await rename('molly')).status, 200);
});

test('a change of the own account that has a wrong part changes nothing', async (t) => {
  const api = await openApi(t, { configuration: { FEATURE_USER_RENAME: true } });
  await api.createPerson('olga');
  for (const wrong of [
    { password: 'short' },
    { company: 'x'.repeat(256) },
    { invoice_email_address: 'none' },
  ]) {
    const body = { username: 'olivia', invoice_email: true, ...wrong };
    assert.equal((await api.call('PUT', '/user/', { as: 'olga', body })).status, 400);
  }
  const { json } = await api.call('GET', '/user/', { as: 'olga' });
  assert.deepEqual([json.username, json.invoice_email], ['olga', false]);
});
