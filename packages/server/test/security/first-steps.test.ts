import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { openApi } from '#/testing/api-fixture.ts';

const body = { username: 'first', password: 'correct-horse', email: 'first@example.com' };

/** Statuses for somebody who has a CSRF token of this very registry, as a page has whose name was rebound to this machine. */
async function openFresh(t: TestContext) {
  const api = await openApi(t);
  const post = async (path: string, headers: Readonly<Record<string, string>>): Promise<number> =>
    (await api.call('POST', path, { body, headers })).status;
  return { post, port: new URL(api.url).port };
}

const others: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
  ['a site whose name leads to this machine', { host: 'rebound.example.com' }],
  ['a name that only begins like this machine', { host: '127.0.0.1.example.com' }],
  ['a page of another site', { origin: 'https://evil.example.com' }],
  ['a proxy that says it speaks for this machine', { 'x-forwarded-for': '127.0.0.1' }],
  ['a proxy that says so in words that are not listened to', { forwarded: 'for=127.0.0.1' }],
  ['a proxy that tells nothing but its name', { via: '1.1 proxy' }],
  ['a proxy with a header of its own', { 'x-real-ip': '127.0.0.1' }],
];

for (const [title, headers] of others) {
  test(`the first user is not made by ${title}`, async (t) => {
    const { post } = await openFresh(t);
    assert.equal(await post('/superuser/config/createsuperuser', headers), 401);
    assert.equal(await post('/superuser/shutdown', headers), 401);
    assert.equal(await post('/superuser/config/createsuperuser', {}), 200);
  });
}

for (const host of ['localhost', '127.0.0.1', '127.8.9.10', '[::1]']) {
  test(`the first user is made at ${host}, once`, async (t) => {
    const { post, port } = await openFresh(t);
    const headers = { host: `${host}:${port}` };
    assert.equal(await post('/superuser/config/createsuperuser', headers), 200);
    assert.equal(await post('/superuser/config/createsuperuser', headers), 401);
  });
}

for (const [origin, status] of [
  ['http://rebound.example.com', 403],
  ['null', 403],
  ['http://localhost:8080', 200],
  ['https://registry.example.com', 200],
  [undefined, 200],
] as const) {
  test(`a script makes the first user, and so does ${origin ?? 'no page'}: ${status}`, async (t) => {
    const api = await openApi(t, {
      configuration: {
        FEATURE_USER_INITIALIZE: true,
        SERVER_HOSTNAME: 'registry.example.com',
        PREFERRED_URL_SCHEME: 'https',
        EXTERNAL_TLS_TERMINATION: true,
      },
    });
    const headers = origin === undefined ? {} : { origin };
    const answer = await api.call('POST', '/user/initialize', { body, headers });
    assert.equal(answer.status, status, answer.text);
  });
}
