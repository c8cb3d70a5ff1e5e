import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { openAuthEngine } from '#/auth/engines/open-auth-engine.ts';
import { openExternalLogins } from '#/auth/external-logins/open-external-logins.ts';
import { createIssuerKeys } from '#/auth/federation/issuer-keys.ts';
import { externalLoginSettings, pendingSignInSettings } from '#/compose/external-logins.ts';
import { loginSettings } from '#/compose/settings.ts';
import { findAccountByName } from '#/domain/namespaces/index.ts';
import { createHttpServer } from '#/http/http-server.ts';
import { mount } from '#/http/mount.ts';
import type { LoginServices } from '#/login/login-services.ts';
import { loginRoutes } from '#/login/routes.ts';
import { type ApiFixture, openApi } from '#/testing/api-fixture.ts';
import { formFieldsOf } from '#/testing/browser.ts';
import { startLocalServer } from '#/testing/local-server.ts';
import { type OpenidDouble, startOpenidDouble } from '#/testing/openid-double.ts';
import { openWebBrowser, type WebBrowser } from '#/testing/web-browser.ts';

async function openCorp(t: TestContext, configuration: Readonly<Record<string, unknown>> = {}) {
  const provider = await startOpenidDouble(t);
  const api = await openApi(t, {
    configuration: {
      CORP_LOGIN_CONFIG: provider.block,
      FEATURE_USERNAME_CONFIRMATION: false,
      ...configuration,
    },
    startMs: Date.now(),
  });
  return { api, provider };
}

async function begin(url: string, browser: WebBrowser): Promise<URL> {
  const page = await browser.get(`${url}/signin`);
  const action = '/signin/external/corp';
  const started = await browser.post(`${url}${action}`, formFieldsOf(page.text, action));
  assert.equal(started.status, 303, started.text);
  return started.location ?? new URL(url);
}

async function signIn({ url }: Pick<ApiFixture, 'url'>, provider: OpenidDouble, browser = openWebBrowser()) {
  return browser.get(provider.approve(await begin(url, browser)));
}

for (const [title, configuration, reason] of [
  ['registration is off', { FEATURE_USER_CREATION: false }, /not made here/],
  ['nobody invited the address', { FEATURE_INVITE_ONLY_USER_CREATION: true }, /need an invitation/],
  [
    'the domain is refused',
    { FEATURE_BLACKLISTED_EMAILS: true, BLACKLISTED_EMAIL_DOMAINS: ['example.com'] },
    /example\.com|domain|address/,
  ],
] as const) {
  test(`no account comes of a sign-in when ${title}`, async (t) => {
    const { api, provider } = await openCorp(t, configuration);
    const answer = await signIn(api, provider);
    assert.equal(answer.status, 400);
    assert.match(answer.text, reason);
    assert.equal(await findAccountByName(api.services.database.read, 'ann'), undefined);
  });
}

test('without passwords the page offers the providers only', async (t) => {
  const { api, provider } = await openCorp(t, { FEATURE_DIRECT_LOGIN: false });
  const page = await openWebBrowser().get(`${api.url}/signin`);
  assert.deepEqual([page.status, page.text.includes('type="password"')], [200, false]);
  assert.match(page.text, /Sign in with Double/);
  assert.equal((await signIn(api, provider)).status, 302);
  await api.createPerson('olga');
  assert.equal((await api.call('POST', '/detachexternal/corp', { as: 'olga' })).status, 404);
});

test('the token for command lines is shown to the person that it names', async (t) => {
  const { api, provider } = await openCorp(t);
  await signIn(api, provider);
  const show = async (as: string) => {
    const begun = await api.call('POST', '/externallogin/corp', { as, body: { kind: 'cli' } });
    const browser = openWebBrowser();
    const jar = browser.cookiesOf(api.url);
    for (const line of [String(begun.headers['set-cookie']), (await api.headersOf({ as })).cookie ?? '']) {
      const [name = '', ...value] = (line.split(';', 1)[0] ?? '').split('=');
      jar.set(name, value.join('='));
    }
    return browser.get(provider.approve(begun.json.auth_url));
  };
  const shown = await show('ann');
  assert.equal(shown.status, 302, shown.text);
  assert.equal(shown.location?.pathname, '/user/ann');
  assert.equal(shown.location?.searchParams.get('tab'), 'settings');
  assert.equal(shown.location?.searchParams.get('idtoken')?.split('.').length, 3);
  assert.equal(shown.headers['referrer-policy'], 'no-referrer');
  await api.createPerson('olga');
  const refused = await show('olga');
  assert.deepEqual([refused.status, refused.location], [400, undefined]);
});

test('signing out ends the session that an external login began, in every browser', async (t) => {
  const { api, provider } = await openCorp(t);
  const browsers = [openWebBrowser(), openWebBrowser()];
  for (const browser of browsers) assert.equal((await signIn(api, provider, browser)).status, 302);
  const statuses = async () =>
    Promise.all(browsers.map(async (browser) => (await browser.get(`${api.url}/api/v1/user/`)).status));
  assert.deepEqual(await statuses(), [200, 200]);
  const [browser = openWebBrowser()] = browsers;
  const sessions = JSON.parse((await browser.get(`${api.url}/api/v1/user/sessions`)).text).sessions;
  assert.equal(sessions.length, 2);
  const token = JSON.parse((await browser.get(`${api.url}/csrf_token`)).text).csrf_token;
  const out = await browser.post(`${api.url}/api/v1/signout?_csrf_token=${encodeURIComponent(token)}`, {});
  assert.equal(out.status, 200, out.text);
  assert.deepEqual(await statuses(), [401, 401]);
});

/** The pages of sign-in with a CAPTCHA service on loopback. */
async function openWithCaptcha(t: TestContext) {
  const asked: string[] = [];
  const captchaService = await startLocalServer(t, ({ form }) => {
    asked.push(form.get('response') ?? '');
    return { body: { success: form.get('response') === 'human' && form.get('secret') === 'captcha-secret' } };
  });
  const { api, provider } = await openCorp(t);
  const { services: domain, configuration } = api;
  const basic = {
    engine: openAuthEngine(domain, 'database', {}),
    secretKey: configuration.secrets.secretKey,
  };
  const services: LoginServices = {
    domain,
    basic,
    settings: {
      ...loginSettings(configuration),
      captcha: { secretKey: 'captcha-secret', siteKey: 'site"key', verificationUrl: captchaService.url },
    },
    issuerKeys: createIssuerKeys(domain),
    external: {
      logins: openExternalLogins(domain, externalLoginSettings(configuration)),
      pending: pendingSignInSettings(configuration),
      basic,
      needsHuman: true,
      directoryId: undefined,
      syncsTeams: false,
    },
  };
  const app = createHttpServer({
    repositoryUrls: [],
    forwarding: { proxyCount: 0, trustedProxies: [] },
  });
  mount(app, loginRoutes, {
    services,
    baseUrl: { serverHostname: undefined, scheme: 'http' },
    onError: (error) => assert.fail(String(error)),
    onBrokenBody: (error) => assert.fail(String(error)),
  });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  t.after(() => app.close());
  return { url, api, provider, asked };
}

test('a new account needs a human, an old one does not', async (t) => {
  const { url, api, provider, asked } = await openWithCaptcha(t);
  const browser = openWebBrowser();
  const page = await signIn({ url }, provider, browser);
  assert.equal(page.status, 200, page.text);
  assert.match(page.text, /data-sitekey="site&quot;key"/);
  assert.match(
    String(page.headers['content-security-policy']),
    /script-src https:\/\/www\.google\.com\/recaptcha\//,
  );
  assert.equal(await findAccountByName(api.services.database.read, 'ann'), undefined);

  const action = '/oauth2/corp/callback/captcha';
  const fields = formFieldsOf(page.text, action);
  const answer = (response: string, more = {}) =>
    browser.post(`${url}${action}`, { ...fields, 'g-recaptcha-response': response, ...more });
  assert.equal((await answer('robot')).status, 400);
  assert.equal((await answer('human', { state: 'another' })).status, 400);
  assert.equal(
    (await openWebBrowser().post(`${url}${action}`, { ...fields, 'g-recaptcha-response': 'human' })).status,
    400,
  );
  assert.deepEqual(asked, ['robot'], 'nobody is asked about forms of others');
  const again = await answer('human');
  assert.deepEqual([again.status, again.location?.origin], [302, provider.url]);
  const late = provider.approve(again.location ?? '');
  const done = await browser.get(late);
  assert.deepEqual([done.status, done.location?.href], [302, `${url}/`], done.text);
  assert.equal((await findAccountByName(api.services.database.read, 'ann'))?.name, 'ann');
  assert.equal((await signIn({ url }, provider)).status, 302);
});
