import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { exportSPKI, generateKeyPair, importJWK, SignJWT } from 'jose';
import {
  findAccountByFederatedLogin,
  findAccountByName,
  setAccountEnabled,
} from '#/domain/namespaces/index.ts';
import { type ApiFixture, openApi } from '#/testing/api-fixture.ts';
import { formFieldsOf } from '#/testing/browser.ts';
import { type OpenidDouble, startOpenidDouble } from '#/testing/openid-double.ts';
import { openWebBrowser, type WebBrowser } from '#/testing/web-browser.ts';

/*
 * Attacks on signing in at other services: mix-up, replay, foreign and forged tokens, log-in CSRF, fixation of sessions, and redirects
 * that lead away.
 */

interface Corp {
  readonly api: ApiFixture;
  readonly provider: OpenidDouble;
}

async function openCorp(
  t: TestContext,
  configuration: Readonly<Record<string, unknown>> = {},
): Promise<Corp> {
  const startMs = Date.now();
  const provider = await startOpenidDouble(t);
  const api = await openApi(t, {
    configuration: {
      CORP_LOGIN_CONFIG: provider.block,
      FEATURE_USERNAME_CONFIRMATION: false,
      ...configuration,
    },
    startMs,
  });
  return { api, provider };
}

/** The address that a button of the sign-in page leads to. */
async function begin(
  api: ApiFixture,
  browser: WebBrowser,
  options: { service?: string; target?: string } = {},
) {
  const { service = 'corp', target = '/' } = options;
  const page = await browser.get(`${api.url}/signin?redirect_url=${encodeURIComponent(target)}`);
  const action = `/signin/external/${service}`;
  const started = await browser.post(`${api.url}${action}`, {
    ...formFieldsOf(page.text, action),
    redirect_url: target,
  });
  assert.equal(started.status, 303, started.text);
  return started.location ?? new URL(api.url);
}

async function signIn({ api, provider }: Corp, browser: WebBrowser, options: { target?: string } = {}) {
  return browser.get(provider.approve(await begin(api, browser, options)));
}

async function isSignedIn(api: ApiFixture, browser: WebBrowser): Promise<boolean> {
  return (await browser.get(`${api.url}/api/v1/user/`)).status === 200;
}

async function expectRefused(corp: Corp, title: string, browser = openWebBrowser()): Promise<void> {
  const answer = await signIn(corp, browser);
  assert.equal(answer.status, 400, title);
  assert.equal(await isSignedIn(corp.api, browser), false, title);
  const { read } = corp.api.services.database;
  assert.equal(await findAccountByFederatedLogin(read, 'corp', 'subject-1'), undefined, title);
}

test('an ID token that proves nothing signs nobody in', async (t) => {
  const corp = await openCorp(t);
  const { provider } = corp;
  const now = Math.floor(Date.now() / 1000);
  for (const [title, changes] of [
    ['another issuer', { iss: 'https://evil.example' }],
    ['another audience', { aud: 'another-client' }],
    ['several audiences without azp', { aud: ['wharf', 'another-client'] }],
    ['given to another application', { aud: ['wharf', 'another-client'], azp: 'another-client' }],
    ['another nonce', { nonce: 'replayed' }],
    ['no nonce', { nonce: undefined }],
    ['expired', { exp: now - 31 }],
    ['without end', { exp: undefined }],
    ['from the future', { iat: now + 600 }],
    ['not valid yet', { nbf: now + 600 }],
    ['without time', { iat: undefined }],
    ['without subject', { sub: undefined }],
  ] as const) {
    provider.idToken = changes;
    await expectRefused(corp, title);
  }
  provider.idToken = { exp: now - 20 };
  assert.equal((await signIn(corp, openWebBrowser())).status, 302, 'clocks may differ by 30 s');
});

test('an ID token signed by nobody, with a public key as secret, or by a stranger', async (t) => {
  const corp = await openCorp(t);
  const { provider } = corp;
  const published = provider.keys()[0] ?? {};
  const stranger = await generateKeyPair('RS256');
  const claims = async (callback: URL) => {
    const nonce = nonces.get(callback.searchParams.get('state') ?? '');
    const now = Math.floor(Date.now() / 1000);
    return { iss: provider.issuer, aud: 'wharf', sub: 'subject-1', nonce, iat: now, exp: now + 300 };
  };
  const nonces = new Map<string, string>();
  const rsa = await importJWK(published, 'RS256');
  assert.ok(!(rsa instanceof Uint8Array));
  const pem = Buffer.from(await exportSPKI(rsa));
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const forgeries: Record<string, (payload: Record<string, unknown>) => Promise<string>> = {
    'alg none': async (payload) => `${encode({ alg: 'none' })}.${encode(payload)}.`,
    'HS256 with the public key': (payload) =>
      new SignJWT(payload).setProtectedHeader({ alg: 'HS256' }).sign(pem),
    'HS256 with the client secret': (payload) =>
      new SignJWT(payload)
        .setProtectedHeader({ alg: 'HS256' })
        .sign(Buffer.from(String(provider.block.CLIENT_SECRET).padEnd(32, '\0'))),
    'a stranger under a known kid': (payload) =>
      provider.sign(payload, { kid: String(published.kid) }, stranger.privateKey),
    'a stranger with the key in the header': (payload) =>
      new SignJWT(payload)
        .setProtectedHeader({ alg: 'RS256', jwk: { kty: 'RSA', e: 'AQAB', n: 'x' } })
        .sign(stranger.privateKey),
    'the provider itself': (payload) => provider.sign(payload),
    nonsense: async () => 'a.b.c',
    'no token': async () => '',
  };
  for (const [title, forge] of Object.entries(forgeries)) {
    const browser = openWebBrowser();
    const url = await begin(corp.api, browser);
    nonces.set(url.searchParams.get('state') ?? '', url.searchParams.get('nonce') ?? '');
    const callback = provider.approve(url);
    provider.answers.set('/userinfo', { body: { sub: 'subject-1' } });
    const token = await forge(await claims(callback));
    provider.answers.set('/token', {
      body: { access_token: 'x', token_type: 'Bearer', ...(token === '' ? {} : { id_token: token }) },
    });
    const answer = await browser.get(callback);
    assert.equal(answer.status, title === 'the provider itself' ? 302 : 400, title);
    assert.equal(await isSignedIn(corp.api, browser), title === 'the provider itself', title);
  }
});

test('keys that a provider changes are found, at most once a minute', async (t) => {
  const corp = await openCorp(t);
  assert.equal((await signIn(corp, openWebBrowser())).status, 302);
  const asked = () => corp.provider.heard.filter((path) => path === '/jwks').length;
  const before = asked();
  await corp.provider.rotate('ES256');
  for (let count = 0; count < 5; count += 1) assert.equal((await signIn(corp, openWebBrowser())).status, 400);
  assert.ok(asked() - before <= 1, 'unknown keys must not make us ask again and again');
});

test('the userinfo of another subject is not taken', async (t) => {
  const corp = await openCorp(t);
  corp.provider.userInfo = { sub: 'subject-2', preferred_username: 'root' };
  await expectRefused(corp, 'another subject');
});

test('a verified address of the ID token does not vouch for the address of the userinfo', async (t) => {
  const corp = await openCorp(t);
  corp.provider.userInfo = { email: 'victim@example.com', email_verified: undefined };
  const browser = openWebBrowser();
  assert.equal((await signIn(corp, browser)).status, 302);
  const account = await findAccountByFederatedLogin(corp.api.services.database.read, 'corp', 'subject-1');
  assert.equal(account?.email, 'ann@example.com');
});

test('mix-up: an answer of one provider is not taken at the callback of another', async (t) => {
  const honest = await startOpenidDouble(t);
  const evil = await startOpenidDouble(t);
  const api = await openApi(t, {
    configuration: { CORP_LOGIN_CONFIG: honest.block, EVIL_LOGIN_CONFIG: evil.block },
    startMs: Date.now(),
  });
  const browser = openWebBrowser();
  const url = await begin(api, browser, { service: 'evil' });
  // The evil provider sends the browser on to the honest one, with its own state, for the code.
  const atHonest = new URL(url);
  const callback = honest.approve(atHonest);
  callback.searchParams.set('iss', honest.issuer);
  assert.equal((await browser.get(callback)).status, 400, 'iss of RFC 9207');
  assert.equal(evil.heard.includes('/token'), false, 'the code of the honest provider stays with us');

  const again = await begin(api, browser, { service: 'evil' });
  const moved = evil.approve(again);
  moved.pathname = '/oauth2/corp/callback';
  assert.equal((await browser.get(moved)).status, 400);
  assert.equal(honest.heard.includes('/token'), false);

  // A provider that knows nothing of RFC 9207: then the address of the callback tells them apart.
  const plain = await startOpenidDouble(t);
  plain.discovery = { authorization_response_iss_parameter_supported: false };
  const older = await openApi(t, {
    configuration: { CORP_LOGIN_CONFIG: plain.block, EVIL_LOGIN_CONFIG: evil.block },
    startMs: Date.now(),
  });
  const victim = openWebBrowser();
  const stolen = evil.approve(await begin(older, victim, { service: 'evil' }));
  stolen.pathname = '/oauth2/corp/callback';
  stolen.searchParams.delete('iss');
  assert.equal((await victim.get(stolen)).status, 400);
  assert.equal(plain.heard.includes('/token'), false);
});

test('log-in CSRF: what a browser did not begin, it does not finish', async (t) => {
  const corp = await openCorp(t);
  const attacker = openWebBrowser();
  const callback = corp.provider.approve(await begin(corp.api, attacker));
  const victim = openWebBrowser();
  assert.equal((await victim.get(callback)).status, 400, 'no sign-in was begun');
  await begin(corp.api, victim);
  assert.equal((await victim.get(callback)).status, 400, 'another sign-in was begun');
  const withoutState = new URL(callback);
  withoutState.searchParams.delete('state');
  assert.equal((await attacker.get(withoutState)).status, 400);
  assert.equal(corp.provider.heard.includes('/token'), false);
  assert.equal(await isSignedIn(corp.api, victim), false);
  const forged = await victim.post(`${corp.api.url}/signin/external/corp`, { redirect_url: '/' });
  assert.equal(forged.status, 400, 'a form of another page begins nothing');
});

test('replay: a code and its callback work once, in the time of a sign-in', async (t) => {
  const corp = await openCorp(t);
  const browser = openWebBrowser();
  const callback = corp.provider.approve(await begin(corp.api, browser));
  const jar = new Map(browser.cookiesOf(corp.api.url));
  assert.equal((await browser.get(callback)).status, 302);
  const thief = openWebBrowser();
  for (const [name, value] of jar) thief.cookiesOf(corp.api.url).set(name, value);
  assert.equal((await thief.get(callback)).status, 400, 'even with the cookies of then');
  const late = openWebBrowser();
  const waiting = corp.provider.approve(await begin(corp.api, late));
  corp.api.clock.advanceMs(600_000);
  assert.equal((await late.get(waiting)).status, 400);
});

test('the cookie of a sign-in is sealed: neither read nor altered, nor of another use', async (t) => {
  const corp = await openCorp(t);
  const browser = openWebBrowser();
  const url = await begin(corp.api, browser);
  const jar = browser.cookiesOf(corp.api.url);
  const sealed = jar.get('wharf_external_login') ?? '';
  const clear = Buffer.from(sealed, 'base64url').toString('latin1');
  assert.equal(clear.includes('state'), false);
  for (const forged of [`${sealed.slice(0, -2)}AA`, '', 'AAAA', jar.get('_csrf_token') ?? '']) {
    jar.set('wharf_external_login', forged);
    assert.equal((await browser.get(corp.provider.approve(url))).status, 400, forged);
  }
});

test('a session of before is not the session of afterwards', async (t) => {
  const corp = await openCorp(t);
  const browser = openWebBrowser();
  const url = await begin(corp.api, browser);
  const before = new Map(browser.cookiesOf(corp.api.url));
  assert.equal((await browser.get(corp.provider.approve(url))).status, 302);
  const attacker = openWebBrowser();
  for (const [name, value] of before) attacker.cookiesOf(corp.api.url).set(name, value);
  assert.equal(await isSignedIn(corp.api, attacker), false);
  assert.equal(await isSignedIn(corp.api, browser), true);
});

test('no callback leads away from the registry', async (t) => {
  const corp = await openCorp(t);
  const { api, provider } = corp;
  const evils = [
    'https://evil.example/',
    '//evil.example',
    '/\\evil.example',
    'javascript:alert(1)',
    '/x/..//evil.example',
  ];
  for (const target of evils) {
    const answer = await signIn(corp, openWebBrowser(), { target });
    assert.deepEqual([answer.status, answer.location?.href], [302, `${api.url}/`], target);
  }
  for (const path of ['', '/attach', '/cli']) {
    for (const name of ['redirect_url', 'redirect_uri', 'next', 'target']) {
      const answer = await openWebBrowser().get(
        `${api.url}/oauth2/corp/callback${path}?${name}=https://evil.example/`,
      );
      assert.deepEqual([answer.status, answer.location], [400, undefined], `${path} ${name}`);
    }
    const forwarded = await openWebBrowser().post(`${api.url}/oauth2/corp/callback${path}`, {
      code: 'x',
      state: 'https://evil.example/',
    });
    assert.equal(forwarded.location?.origin, api.url, path);
    const unknown = await openWebBrowser().post(`${api.url}/oauth2/%2F%2Fevil.example/callback${path}`, {
      code: 'x',
    });
    assert.deepEqual([unknown.status, unknown.location], [400, undefined]);
  }
  const captcha = await openWebBrowser().post(`${api.url}/oauth2/corp/callback/captcha`, { state: '' });
  assert.deepEqual([captcha.status, captcha.location], [400, undefined]);
  assert.equal(provider.heard.filter((path) => path === '/token').length, evils.length);
});

test('what a provider says is text on the page', async (t) => {
  const corp = await openCorp(t);
  const browser = openWebBrowser();
  const callback = corp.provider.approve(await begin(corp.api, browser));
  callback.searchParams.delete('code');
  callback.searchParams.set('error', '<script>alert(1)</script>');
  callback.searchParams.set('error_description', '"><img src=x onerror=alert(2)>');
  const answer = await browser.get(callback);
  assert.equal(answer.status, 400);
  assert.equal(/<script|<img/.test(answer.text), false, answer.text);
  assert.match(answer.text, /&lt;script&gt;/);
  assert.match(String(answer.headers['content-security-policy']), /default-src 'none'/);
});

test('nobody gets the account of another by a name or an address', async (t) => {
  const corp = await openCorp(t, { SUPER_USERS: ['root'] });
  const { api, provider } = corp;
  await api.createPerson('ann');
  provider.person = {
    sub: 'subject-1',
    preferred_username: 'ann',
    email: 'new@example.com',
    email_verified: true,
  };
  assert.equal((await signIn(corp, openWebBrowser())).status, 302);
  const { read } = api.services.database;
  assert.equal((await findAccountByFederatedLogin(read, 'corp', 'subject-1'))?.name, 'ann2');
  provider.person = { sub: 'subject-2', preferred_username: 'root' };
  assert.equal((await signIn(corp, openWebBrowser())).status, 302);
  assert.equal((await findAccountByFederatedLogin(read, 'corp', 'subject-2'))?.name, 'root2');
  await api.createPerson('boss', { email: 'boss@example.com' });
  provider.person = {
    sub: 'subject-3',
    preferred_username: 'b',
    email: 'boss@example.com',
    email_verified: true,
  };
  assert.equal((await signIn(corp, openWebBrowser())).status, 400);
  assert.equal(await findAccountByFederatedLogin(read, 'corp', 'subject-3'), undefined);
});

test('a disabled account stays out, by browser and by token', async (t) => {
  const corp = await openCorp(t);
  const { api } = corp;
  const browser = openWebBrowser();
  await signIn(corp, browser);
  const account = await findAccountByName(api.services.database.read, 'ann');
  await setAccountEnabled(api.services, { accountId: account?.id ?? 0, enabled: false });
  assert.equal(await isSignedIn(api, browser), false);
  assert.equal((await signIn(corp, openWebBrowser())).status, 400);
  assert.equal((await api.call('GET', '/user/', { bearer: await goodToken(corp) })).status, 401);
});

async function goodToken({ provider, api }: Corp, changes: Record<string, unknown> = {}): Promise<string> {
  const now = Math.floor(api.clock.nowMs() / 1000);
  return provider.sign({
    iss: provider.issuer,
    aud: 'wharf',
    iat: now,
    exp: now + 300,
    ...provider.person,
    ...changes,
  });
}

test('a token of the provider calls the API as its person, without CSRF token and fresh log-in', async (t) => {
  const corp = await openCorp(t);
  const { api } = corp;
  const bearer = await goodToken(corp);
  const user = await api.call('GET', '/user/', { bearer });
  assert.deepEqual([user.status, user.json.username], [200, 'ann'], user.text);
  const made = await api.call('POST', '/organization/', {
    bearer,
    body: { name: 'acme', email: 'a@example.com' },
  });
  assert.equal(made.status, 201, made.text);
  const logs = await api.call('GET', '/organization/acme/logs', { bearer });
  assert.equal(logs.json.logs[0].performer.name, 'ann');
});

test('JWT confusion: no other token calls the API', async (t) => {
  const corp = await openCorp(t);
  const { api, provider } = corp;
  const now = Math.floor(api.clock.nowMs() / 1000);
  const published = provider.keys()[0] ?? {};
  const stranger = await generateKeyPair('RS256');
  const rsa = await importJWK(published, 'RS256');
  assert.ok(!(rsa instanceof Uint8Array));
  const pem = Buffer.from(await exportSPKI(rsa));
  const claims = { iss: provider.issuer, aud: 'wharf', sub: 'subject-1', iat: now, exp: now + 300 };
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const tokens: Record<string, string> = {
    'another audience': await goodToken(corp, { aud: 'another' }),
    'no audience': await goodToken(corp, { aud: undefined }),
    'given to another application': await goodToken(corp, { azp: 'another' }),
    'client id of another application': await goodToken(corp, { client_id: 'another' }),
    'another issuer': await goodToken(corp, { iss: 'https://evil.example' }),
    'issuer with a slash': await goodToken(corp, { iss: `${provider.issuer}/` }),
    expired: await goodToken(corp, { exp: now - 31 }),
    'without end': await goodToken(corp, { exp: undefined }),
    'from the future': await goodToken(corp, { iat: now + 31 }),
    'without subject': await goodToken(corp, { sub: undefined }),
    'alg none': `${encode({ alg: 'none' })}.${encode(claims)}.`,
    'alg none in other letters': `${encode({ alg: 'nOnE' })}.${encode(claims)}.`,
    'HS256 with the public key': await new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256', kid: String(published.kid) })
      .sign(pem),
    'a stranger under a known kid': await provider.sign(claims, {}, stranger.privateKey),
    'an unknown kid': await provider.sign(claims, { kid: '../../etc/passwd' }, stranger.privateKey),
    'the key of the header': await new SignJWT(claims)
      .setProtectedHeader({ alg: 'RS256', jwk: published, jku: 'https://evil.example/jwks' })
      .sign(stranger.privateKey),
    nonsense: 'a.b.c',
  };
  for (const [title, bearer] of Object.entries(tokens)) {
    // An operation that everybody may call, with an account or without.
    const answer = await api.call('GET', '/discovery', { bearer });
    assert.equal(answer.status, title === 'nonsense' ? 200 : 401, `${title}: ${answer.text.slice(0, 200)}`);
    assert.equal((await api.call('GET', '/user/', { bearer })).status, 401, title);
  }
  assert.equal(await findAccountByName(api.services.database.read, 'ann'), undefined);
  assert.ok(provider.heard.filter((path) => path === '/jwks').length <= 2);
  assert.equal((await api.call('GET', '/user/', { bearer: await goodToken(corp) })).status, 200);
});

test('tokens of further issuers, audiences and applications only as configured', async (t) => {
  const second = await startOpenidDouble(t);
  const first = await startOpenidDouble(t);
  const api = await openApi(t, {
    configuration: {
      CORP_LOGIN_CONFIG: {
        ...first.block,
        OIDC_ISSUERS: [second.issuer],
        OIDC_AUDIENCES: ['api://registry'],
        OIDC_ALLOWED_CLIENTS: ['ci'],
      },
    },
    startMs: Date.now(),
  });
  const call = async (provider: OpenidDouble, changes: Record<string, unknown>) =>
    (
      await api.call('GET', '/user/', {
        bearer: await goodToken({ api, provider }, { aud: 'api://registry', ...changes }),
      })
    ).status;
  assert.equal(await call(first, {}), 200);
  assert.equal(await call(second, { azp: 'ci' }), 200);
  assert.equal(await call(first, { aud: 'wharf' }), 401);
  assert.equal(await call(first, { azp: 'other' }), 401);
  assert.equal(
    await call(second, { iss: first.issuer }),
    401,
    'the key of one issuer for the name of another',
  );
});

test('a provider that is away keeps out nobody of another one', async (t) => {
  const provider = await startOpenidDouble(t);
  const dead = { ...provider.block, OIDC_SERVER: 'http://127.0.0.1:1/' };
  const api = await openApi(t, {
    configuration: { DEAD_LOGIN_CONFIG: dead, CORP_LOGIN_CONFIG: provider.block },
    startMs: Date.now(),
  });
  const call = async (changes: Record<string, unknown> = {}) =>
    (await api.call('GET', '/user/', { bearer: await goodToken({ api, provider }, changes) })).status;
  assert.equal(await call(), 200);
  assert.equal(await call({ aud: 'another' }), 401);
  assert.equal(await call({ iss: 'https://unknown.example' }), 520, 'it may be of the one that is away');
});

test('secrets of a login are in no answer and no page', async (t) => {
  const corp = await openCorp(t);
  const secret = String(corp.provider.block.CLIENT_SECRET);
  await corp.api.createPerson('root', { superuser: true });
  corp.provider.answers.set('/token', { status: 500, body: `failed for ${secret}` });
  const browser = openWebBrowser();
  const failed = await signIn(corp, browser);
  const shown = await corp.api.call('GET', '//config');
  assert.deepEqual(shown.json.external_login, [
    { id: 'corp', title: 'Double', icon: 'fa-user-circle', config: { CLIENT_ID: 'wharf', OIDC: true } },
  ]);
  for (const text of [failed.text, shown.text, (await browser.get(`${corp.api.url}/signin`)).text]) {
    assert.equal(text.includes(secret), false);
  }
});
