import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { findAccountByName, listFederatedLogins } from '#/domain/namespaces/index.ts';
import { type ApiFixture, openApi } from '#/testing/api-fixture.ts';
import { formFieldsOf } from '#/testing/browser.ts';
import { type OpenidClaims, startOpenidProvider } from '#/testing/openid-provider.ts';
import { openWebBrowser, type WebBrowser, type WebPage } from '#/testing/web-browser.ts';

const people: Record<string, OpenidClaims> = {
  'subject-1': {
    preferred_username: 'Ann.Smith@corp',
    email: 'ann@example.com',
    email_verified: true,
    groups: ['developers', 'admins'],
  },
  'subject-2': { preferred_username: 'bob', email: 'bob@example.com', email_verified: false },
};

/** A registry with a real OpenID provider under the id `corp`. */
async function openCorp(
  t: TestContext,
  options: {
    readonly block?: Readonly<Record<string, unknown>>;
    readonly configuration?: Readonly<Record<string, unknown>>;
  } = {},
) {
  const provider = await startOpenidProvider(t, people);
  const api = await openApi(t, {
    configuration: {
      CORP_LOGIN_CONFIG: { ...provider.block, ...options.block },
      ...options.configuration,
    },
    startMs: Date.now(),
  });
  provider.register(api.url, 'corp');
  return { api, provider };
}

const isRegistry =
  ({ url }: ApiFixture) =>
  (address: URL): boolean =>
    address.origin === url;

/** From the button of the sign-in page to the callback's answer. */
async function signIn(api: ApiFixture, browser: WebBrowser, target = '/repository?x=1') {
  const page = await browser.get(`${api.url}/signin?redirect_url=${encodeURIComponent(target)}`);
  assert.equal(page.status, 200, page.text);
  const action = '/signin/external/corp';
  const started = await browser.post(`${api.url}${action}`, formFieldsOf(page.text, action));
  assert.equal(started.status, 303, started.text);
  const callback = await browser.walk(started.location ?? '', isRegistry(api));
  return { started, callback, answer: await browser.get(callback) };
}

/** Gives the browser a cookie as a server's `Set-Cookie` does. */
function takeCookie(browser: WebBrowser, url: string, line: string): void {
  const [name = '', ...value] = (line.split(';', 1)[0] ?? '').split('=');
  browser.cookiesOf(url).set(name, value.join('='));
}

async function userOf(api: ApiFixture, browser: WebBrowser) {
  return JSON.parse((await browser.get(`${api.url}/api/v1/user/`)).text);
}

test('a person of a real provider signs in, gets an account and a fresh session, and finds it again', async (t) => {
  const { api } = await openCorp(t, { configuration: { FEATURE_USERNAME_CONFIRMATION: false } });
  const browser = openWebBrowser();
  const { started, callback, answer } = await signIn(api, browser);
  assert.equal(started.location?.searchParams.get('code_challenge_method'), 'S256');
  assert.equal(started.location?.searchParams.get('redirect_uri'), `${api.url}/oauth2/corp/callback`);
  assert.deepEqual([answer.status, answer.location?.href], [302, `${api.url}/repository?x=1`], answer.text);
  assert.equal(browser.cookiesOf(api.url).has('wharf_external_login'), false);
  const user = await userOf(api, browser);
  assert.deepEqual(
    [user.username, user.email, user.verified, user.has_password_set],
    ['ann.smith', 'ann@example.com', true, false],
  );
  assert.deepEqual(user.logins, [
    { service: 'corp', service_identifier: 'subject-1', metadata: { service_username: 'Ann.Smith' } },
  ]);
  assert.equal((await browser.get(callback)).status, 400, 'what was finished is not finished twice');
  const again = openWebBrowser();
  assert.equal((await signIn(api, again)).answer.status, 302);
  assert.equal((await userOf(api, again)).username, 'ann.smith');
});

test('questions wait for a new account', async (t) => {
  const { api } = await openCorp(t);
  const browser = openWebBrowser();
  const { answer } = await signIn(api, browser);
  assert.equal(answer.location?.href, `${api.url}/updateuser`);
  assert.deepEqual((await userOf(api, browser)).prompts, ['confirm_username']);
});

/** The form that a page sends by itself, with its fields. */
const formPost = /<form method="post" action="([^"]+callback)"/;

test('the address that the API gives leads through form_post too', async (t) => {
  const { api } = await openCorp(t);
  const begun = await api.call('POST', '/externallogin/corp', { body: { kind: 'login' } });
  assert.equal(begun.status, 200, begun.text);
  const address = new URL(begun.json.auth_url);
  address.searchParams.set('response_mode', 'form_post');
  const browser = openWebBrowser();
  let page: WebPage = await browser.get(address);
  while (!formPost.test(page.text)) {
    const action = /<form method="post" action="([^"]+)"/.exec(page.text)?.[1];
    page = page.location
      ? await browser.get(page.location)
      : await browser.post(new URL(action ?? '', page.url), {});
  }
  const action = formPost.exec(page.text)?.[1] ?? '';
  const fields = [...page.text.matchAll(/name="([^"]+)" value="([^"]*)"/g)];
  // A form of another site brings no cookies.
  const forwarded = await openWebBrowser().post(
    action,
    Object.fromEntries(fields.map(([, name = '', value = '']) => [name, value])),
  );
  assert.equal(forwarded.status, 303, forwarded.text);
  takeCookie(browser, api.url, String(begun.headers['set-cookie']));
  const finished = await browser.get(forwarded.location ?? '');
  assert.deepEqual([finished.status, finished.location?.href], [302, `${api.url}/updateuser`], finished.text);
});

test('with mailing on, an address that nobody verified signs nobody in', async (t) => {
  const { api, provider } = await openCorp(t, {
    configuration: { FEATURE_MAILING: true, MAIL_SERVER: '127.0.0.1' },
  });
  provider.person = 'subject-2';
  const browser = openWebBrowser();
  const { answer } = await signIn(api, browser);
  assert.equal(answer.status, 400);
  assert.match(answer.text, /no verified e-mail address/);
  assert.equal(await findAccountByName(api.services.database.read, 'bob'), undefined);
});

test('a login is attached to the account of the session that began it, and detached', async (t) => {
  const { api } = await openCorp(t);
  await api.createPerson('olga');
  const browser = openWebBrowser();
  const attach = async (as: string) => {
    const begun = await api.call('POST', '/externallogin/corp', { as, body: { kind: 'attach' } });
    assert.equal(begun.status, 200, begun.text);
    takeCookie(browser, api.url, String(begun.headers['set-cookie']));
    takeCookie(browser, api.url, (await api.headersOf({ as })).cookie ?? '');
    return browser.walk(begun.json.auth_url, isRegistry(api));
  };
  const done = await browser.get(await attach('olga'));
  assert.deepEqual([done.status, done.location?.href], [302, `${api.url}/user/olga?tab=external`], done.text);
  const olga = await findAccountByName(api.services.database.read, 'olga');
  const logins = () => listFederatedLogins(api.services.database.read, olga?.id ?? 0);
  assert.equal((await logins())[0]?.serviceIdentifier, 'subject-1');

  await api.createPerson('hugo');
  const taken = await browser.get(await attach('hugo'));
  assert.deepEqual([taken.status, /belongs to another account/.test(taken.text)], [400, true]);

  const other = await attach('olga');
  takeCookie(browser, api.url, (await api.headersOf({ as: 'hugo' })).cookie ?? '');
  const switched = await browser.get(other);
  assert.deepEqual([switched.status, /not signed in here any more/.test(switched.text)], [400, true]);

  const signedIn = openWebBrowser();
  await signIn(api, signedIn);
  assert.equal((await userOf(api, signedIn)).username, 'olga');
  assert.equal((await api.call('POST', '/detachexternal/corp', { as: 'olga' })).status, 200);
  assert.equal((await api.call('POST', '/detachexternal/corp', { as: 'olga' })).status, 200);
  assert.deepEqual(await logins(), []);

  const { json } = await api.call('GET', '/user/logs', { as: 'olga' });
  const told = json.logs.filter(({ kind }: { kind: string }) => kind.endsWith('_external_login'));
  assert.deepEqual(
    told.map(({ kind, metadata, performer }: (typeof json.logs)[number]) => [
      kind,
      metadata.service,
      performer.name,
    ]),
    [
      ['detach_external_login', 'corp', 'olga'],
      ['attach_external_login', 'corp', 'olga'],
    ],
  );
});

test('without a session nothing is attached, and unknown services are told so', async (t) => {
  const { api } = await openCorp(t);
  assert.equal((await api.call('POST', '/externallogin/corp', { body: { kind: 'attach' } })).status, 401);
  assert.equal((await api.call('POST', '/externallogin/nobody', { body: { kind: 'login' } })).status, 400);
  assert.equal((await api.call('POST', '/externallogin/corp', { body: { kind: 'other' } })).status, 400);
});

test('a provider that does not answer is told as such', async (t) => {
  const api = await openApi(t, {
    configuration: {
      CORP_LOGIN_CONFIG: {
        OIDC_SERVER: 'http://127.0.0.1:1/',
        CLIENT_ID: 'a',
        CLIENT_SECRET: 'b',
        DEBUGGING: true,
      },
    },
  });
  const answer = await api.call('POST', '/externallogin/corp', { body: { kind: 'login' } });
  assert.deepEqual([answer.status, answer.json.error_type], [520, 'downstream_issue']);
});
