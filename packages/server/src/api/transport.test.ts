import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openApi } from '#/testing/api-fixture.ts';

const firstUser = {
  username: 'olga',
  password: 'correct-horse',
  email: 'olga@example.com',
  access_token: true,
};

test('the first user is signed in, and its token works as a bearer', async (t) => {
  const api = await openApi(t);
  const answer = await api.call('POST', '/user/initialize', { body: firstUser });
  assert.equal(answer.status, 200, answer.text);
  assert.equal(typeof answer.headers['x-next-csrf-token'], 'string');
  const [cookie = ''] = String(answer.headers['set-cookie']).split(';', 1);
  assert.match(String(answer.headers['set-cookie']), /Path=\/; SameSite=Lax; Max-Age=2678400; HttpOnly$/);
  assert.ok(cookie.startsWith('_csrf_token='));
  const token = await api.call('GET', '//csrf_token', { headers: { cookie } });
  assert.equal(token.json.csrf_token, answer.headers['x-next-csrf-token']);
  assert.equal((await api.call('POST', '/user/initialize', { body: firstUser })).status, 400);
});

test('a write without a bearer needs the CSRF token, in the header or the query', async (t) => {
  const api = await openApi(t);
  await api.createPerson('olga');
  const path = '/signout';
  for (const [url, headers, status] of [
    [path, { 'x-csrf-token': '' }, 403],
    [path, { 'x-csrf-token': 'of-somebody-else' }, 403],
    [`${path}?_csrf_token=csrf-token-of-a-test`, { 'x-csrf-token': '' }, 200],
    [path, {}, 200],
  ] as const) {
    const answer = await api.call('POST', url, { as: 'olga', headers });
    assert.equal(answer.status, status, `${url} ${JSON.stringify(headers)}: ${answer.text}`);
    if (status === 403) assert.match(answer.json.error, /CSRF.*\(authorized: user olga\)/);
  }
});

test('a browser must say that a script calls', async (t) => {
  const api = await openApi(t);
  const browser = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64)' };
  const refused = await api.call('GET', '/error/not_found', { headers: browser });
  assert.equal(refused.status, 400);
  assert.equal(typeof refused.json.error, 'string');
  const headers = { ...browser, 'x-requested-with': 'XMLHttpRequest' };
  assert.equal((await api.call('GET', '/error/not_found', { headers })).status, 200);
});

test('with and without a trailing slash, and HEAD beside GET', async (t) => {
  const api = await openApi(t);
  for (const path of ['/error/not_found', '/error/not_found/']) {
    assert.equal((await api.call('GET', path)).status, 200, path);
    const head = await api.call('HEAD', path);
    assert.deepEqual([head.status, head.text], [200, ''], path);
  }
});

test('every answer carries CORS headers, refusals too, and OPTIONS is answered', async (t) => {
  const api = await openApi(t);
  for (const [method, path, status] of [
    ['GET', '/error/not_found', 200],
    ['GET', '/error/nothing-like-that', 404],
    ['OPTIONS', '/error/not_found', 200],
  ] as const) {
    const answer = await api.call(method, path, { headers: { origin: 'https://a.example' } });
    assert.equal(answer.status, status);
    assert.equal(answer.headers['access-control-allow-origin'], '*');
    assert.equal(answer.headers['access-control-max-age'], '21600');
  }
  const only = await openApi(t, {
    configuration: { CORS_ORIGIN: ['https://a.example', 'https://b.example'] },
  });
  for (const [origin, allowed] of [
    ['https://b.example', 'https://b.example'],
    ['https://evil.example', undefined],
  ] as const) {
    const answer = await only.call('GET', '/error/not_found', { headers: { origin } });
    assert.equal(answer.headers['access-control-allow-origin'], allowed);
  }
});

test('a body too deep or too large is refused', async (t) => {
  const api = await openApi(t);
  await api.createPerson('olga');
  const nested = (levels: number): unknown => (levels === 0 ? 1 : [nested(levels - 1)]);
  for (const [body, status] of [
    [{ title: 'laptop', more: nested(60) }, 200],
    [{ title: 'laptop', more: nested(70) }, 400],
    [{ title: 'a'.repeat(70_000) }, 413],
  ] as const) {
    const answer = await api.call('POST', '/user/apptoken', { as: 'olga', body });
    assert.equal(answer.status, status, answer.text.slice(0, 200));
  }
});

test('with FEATURE_RATE_LIMITS who asks too often is answered 429', async (t) => {
  const api = await openApi(t, { configuration: { FEATURE_RATE_LIMITS: true } });
  const statuses: number[] = [];
  for (let call = 0; call < 30; call += 1) statuses.push((await api.call('GET', '/error/not_found')).status);
  assert.deepEqual([statuses.slice(0, 26).every((status) => status === 200), statuses.at(-1)], [true, 429]);
  const refused = await api.call('GET', '/error/not_found');
  assert.equal(refused.headers['retry-after'], '1');
  assert.equal(refused.json.status, 429);
  assert.equal((await api.call('GET', '//health/instance')).status, 200);
  api.clock.advanceMs(1000);
  assert.equal((await api.call('GET', '/error/not_found')).status, 200);
});
