import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findAccountByName } from '#/domain/namespaces/index.ts';
import { createAppToken } from '#/domain/tokens/index.ts';
import { personPassword } from '#/testing/api-fixture.ts';
import { formFieldsOf, openBrowser } from '#/testing/browser.ts';
import { openOauth, registeredUri } from '#/testing/oauth-fixture.ts';

const basic = (name: string, password = personPassword) => ({
  authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`,
});
const approve = '/oauth/authorizeapp';

test('the checks before anybody is asked, in their order', async (t) => {
  const { api, authorizePath, browserOf } = await openOauth(t);
  const [ann, bob, nobody] = [await browserOf('ann'), await browserOf('bob'), openBrowser(api.url)];
  const mismatch = `${registeredUri}?error=redirect_uri_mismatch`;
  const rows: readonly (readonly [
    typeof ann,
    Readonly<Record<string, string | undefined>>,
    number,
    string | undefined,
  ])[] = [
    [nobody, { client_id: undefined }, 400, undefined],
    [ann, { client_id: undefined }, 400, undefined],
    [ann, { redirect_uri: undefined }, 400, undefined],
    [ann, { scope: undefined }, 400, undefined],
    [ann, { scope: '' }, 400, undefined],
    [ann, { state: 'x'.repeat(5000) }, 400, undefined],
    [ann, { client_id: 'NOBODY', redirect_uri: 'https://evil.org/' }, 404, undefined],
    [bob, {}, 403, undefined],
    [bob, { assignment_uuid: 'unknown' }, 403, undefined],
    [ann, { redirect_uri: 'https://evil.org/', state: 's' }, 302, `${mismatch}&state=s`],
    [ann, { redirect_uri: `${api.url}/oauth/localapp/more` }, 302, mismatch],
    [ann, { redirect_uri: 'https://evil.org/', scope: 'nonsense' }, 302, mismatch],
    [ann, { response_type: 'id_token' }, 302, `${registeredUri}?error=unsupported_response_type`],
    [ann, { scope: 'nonsense' }, 404, undefined],
    [ann, { scope: 'repo:read nonsense' }, 404, undefined],
    [ann, { scope: 'direct_user_login' }, 404, undefined],
    [ann, {}, 200, undefined],
    [ann, { redirect_uri: `${api.url}/oauth/localapp` }, 200, undefined],
    [ann, { scope: 'super:user' }, 200, undefined],
  ];
  for (const [browser, changes, status, location] of rows) {
    const answer = await browser.get(authorizePath(changes));
    assert.deepEqual([answer.status, answer.location?.href], [status, location], JSON.stringify(changes));
  }
  const twice = await ann.get(`${authorizePath()}&scope=super%3Auser`);
  assert.equal(twice.status, 400);
});

test('the page cannot be framed, runs no script, and marks what is dangerous', async (t) => {
  const { authorizePath, browserOf } = await openOauth(t);
  const ann = await browserOf('ann');
  const page = await ann.get(authorizePath({ scope: 'repo:read user:admin', state: '"><script>' }));
  const policy = String(page.headers['content-security-policy']);
  assert.match(policy, /default-src 'none'/);
  assert.match(policy, /frame-ancestors 'none'/);
  assert.match(policy, /form-action 'self' https:\/\/app\.example\.com;/);
  assert.equal(page.headers['x-frame-options'], 'DENY');
  assert.equal(page.headers['cache-control'], 'no-store');
  assert.doesNotMatch(page.text, /<script/);
  assert.equal(page.text.match(/\(dangerous\)/g)?.length, 1);
  assert.match(page.text, /type="checkbox" required/);
  assert.match(page.text, /App &lt;1&gt;.*acme/);
  assert.equal(formFieldsOf(page.text, '/oauth/denyapp').state, '"><script>');
});

test('format=json tells a web interface the same, and never grants', async (t) => {
  const { api, application, authorizePath, browserOf } = await openOauth(t);
  const nobody = await openBrowser(api.url).get(authorizePath({ format: 'json' }));
  assert.equal(nobody.status, 401);
  const ann = await browserOf('ann');
  for (const round of [1, 2]) {
    const answer = await ann.get(authorizePath({ format: 'json', scope: 'user:admin', state: 's' }));
    assert.equal(answer.status, 200, `round ${round}`);
    const { scopes, csrf_token_val: token, application: shown, ...rest } = JSON.parse(answer.text);
    assert.deepEqual(rest, {
      has_dangerous_scopes: true,
      response_type: 'code',
      client_id: application.clientId,
      redirect_uri: registeredUri,
      scope: 'user:admin',
      state: 's',
      assignment_uuid: null,
    });
    assert.deepEqual(Object.keys(scopes[0]), ['scope', 'title', 'description', 'icon', 'dangerous']);
    assert.equal(JSON.parse(shown.avatar).kind, 'app');
    assert.deepEqual([shown.organization.name, JSON.parse(shown.organization.avatar).kind], ['acme', 'org']);
    const granted = await ann.post(approve, {
      client_id: application.clientId,
      redirect_uri: registeredUri,
      scope: 'user:admin',
      _csrf_token: token,
    });
    assert.match(
      granted.location?.hash ?? '',
      /^#access_token=[A-Z0-9]{40}&token_type=Bearer&expires_in=315576000$/,
    );
  }
  const denied = await (await browserOf('bob')).get(authorizePath({ format: 'json' }));
  assert.deepEqual([denied.status, JSON.parse(denied.text).status], [403, 403]);
});

test('approving and declining need the person, the token of the browser and a registered address', async (t) => {
  const { api, application, authorizePath, browserOf } = await openOauth(t);
  const ann = await browserOf('ann');
  const fields = formFieldsOf((await ann.get(authorizePath({ state: 's' }))).text, approve);
  const { _csrf_token: token = '', ...withoutToken } = fields;
  const nobody = openBrowser(api.url);
  const bearer = { authorization: `Bearer ${await api.tokenOf('ann', ['user:admin'])}` };
  const { token: appToken } = await createAppToken(api.services, {
    accountId: (await findAccountByName(api.services.database.read, 'ann'))?.id ?? 0,
    title: 'laptop',
  });
  for (const path of [approve, '/oauth/denyapp']) {
    const rows = [
      [401, await nobody.post(path, fields)],
      [401, await nobody.post(path, fields, bearer)],
      [401, await ann.post(path, fields, basic('$app', appToken))],
      [403, await ann.post(path, withoutToken)],
      [403, await ann.post(path, { ...fields, _csrf_token: `${token}x` })],
      [403, await ann.post(`${path}?_csrf_token=${encodeURIComponent(token)}`, withoutToken)],
      [403, await ann.post(path, withoutToken, basic('ann'))],
      [404, await ann.post(path, { ...fields, client_id: 'NOBODY' })],
      [400, await ann.post(path, { ...fields, redirect_uri: '' })],
      [400, await ann.post(path, fields, { 'content-type': 'text/plain' })],
    ] as const;
    for (const [index, [status, answer]] of rows.entries()) {
      assert.deepEqual([answer.status, answer.location], [status, undefined], `${path} ${index}`);
    }
    assert.equal((await ann.post(path, fields, basic('ann', 'wrong'))).status, 401);
    api.clock.advanceMs(10_000);
    const strayed = await ann.post(path, { ...fields, redirect_uri: 'https://evil.org/' });
    assert.equal(strayed.location?.href, `${registeredUri}?error=redirect_uri_mismatch&state=s`);
  }
  const declined = await ann.post('/oauth/denyapp', fields);
  assert.equal(declined.location?.href, `${registeredUri}?error=authorization_denied&state=s`);
  const byHeader = await ann.post(approve, withoutToken, { 'x-csrf-token': token });
  assert.match(
    byHeader.location?.href ?? '',
    /^https:\/\/app\.example\.com\/callback\?code=[A-Z0-9]{40}&scope=repo%3Aread&state=s$/,
  );
  const { count } = await api.services.database.read
    .selectFrom('oauth_authorization_codes')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('application_id', '=', application.id)
    .executeTakeFirstOrThrow();
  assert.equal(count, 1, 'no refusal made a code');
});

test('what was granted before is granted again without a question, but only to a browser that goes there', async (t) => {
  const { api, authorizePath, browserOf } = await openOauth(t);
  const ann = await browserOf('ann');
  const token = { response_type: 'token', scope: 'repo:write' };
  const page = await ann.get(authorizePath(token));
  assert.equal((await ann.post(approve, formFieldsOf(page.text, approve))).status, 302);
  const statusOf = async (changes: Record<string, string>, headers: Record<string, string> = {}) =>
    (await ann.get(authorizePath({ ...token, ...changes }), headers)).status;
  assert.equal(await statusOf({}), 302);
  assert.equal(await statusOf({ scope: 'repo:read' }), 302, 'writing covers reading');
  assert.equal(await statusOf({ scope: 'repo:admin' }), 200);
  assert.equal(
    await statusOf({ redirect_uri: `${registeredUri}/more` }),
    200,
    'a token goes to the exact place only',
  );
  assert.equal(await statusOf({ redirect_uri: `${registeredUri}/more`, response_type: 'code' }), 302);
  assert.equal(await statusOf({}, { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }), 200);
  assert.equal(await statusOf({}, { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' }), 200);
  assert.equal(await statusOf({}, { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }), 302);
  assert.equal((await openBrowser(api.url).get(authorizePath(token), basic('ann'))).status, 200);
  for (let made = 4; made < 20; made += 1) assert.equal(await statusOf({}), 302);
  assert.equal(await statusOf({}), 200, 'twenty tokens are enough without a question');
  api.clock.advanceMs(315_576_000_000);
  assert.equal(
    (await (await browserOf('ann')).get(authorizePath(token))).status,
    200,
    'expired tokens count no more',
  );
});

test('clients that the operator listed need no page, with name and password only', async (t) => {
  const clientId = 'LISTED';
  const { api, authorizePath, browserOf } = await openOauth(t, {
    clientId,
    configuration: { DIRECT_OAUTH_CLIENTID_WHITELIST: [clientId] },
  });
  const script = openBrowser(api.url);
  const fields = { client_id: clientId, redirect_uri: registeredUri, scope: 'repo:read' };
  const granted = await script.post(approve, fields, basic('bob'));
  assert.equal(granted.status, 302, granted.text);
  const token = new URLSearchParams(granted.location?.hash.slice(1)).get('access_token') ?? '';
  assert.equal((await api.call('GET', '/user/authorizations', { bearer: token })).status, 403);
  const foreign = [{ origin: 'https://evil.org' }, { origin: 'null' }, { 'sec-fetch-site': 'cross-site' }];
  for (const headers of foreign) {
    assert.equal((await script.post(approve, fields, { ...basic('bob'), ...headers })).status, 403);
  }
  assert.equal((await script.post(approve, fields, basic('bob', 'wrong'))).status, 401);
  api.clock.advanceMs(10_000);
  const bob = await browserOf('bob');
  assert.equal((await bob.post(approve, fields)).status, 403, 'a session needs the token of the browser');
  assert.equal((await bob.get(authorizePath({ scope: 'repo:write' }))).status, 200);
  const superuser = await bob.get(authorizePath({ scope: 'super:user' }));
  assert.equal(superuser.location?.href, `${registeredUri}?error=invalid_scope`);
});

test('switches: without superusers, and without assigning', async (t) => {
  const off = await openOauth(t, {
    configuration: { FEATURE_SUPER_USERS: false, FEATURE_ASSIGN_OAUTH_TOKEN: false },
  });
  const bob = await off.browserOf('bob');
  assert.equal((await bob.get(off.authorizePath())).status, 200, 'anybody may authorize, as in Quay 2.9');
  assert.equal((await bob.get(off.authorizePath({ scope: 'super:user' }))).status, 404);
  assert.equal((await bob.post('/oauth/authorize/assignuser', {})).status, 404);
  assert.equal((await off.api.call('GET', '/user/assignedauthorization', { as: 'bob' })).status, 404);
});

test('the page for generated tokens', async (t) => {
  const { api, browserOf } = await openOauth(t);
  const ann = await browserOf('ann');
  assert.equal((await openBrowser(api.url).get('/oauth/localapp?scope=repo:read')).status, 401);
  const page = await ann.get('/oauth/localapp?scope=repo:read');
  assert.equal(page.status, 200);
  assert.ok(
    String(page.headers['content-security-policy']).endsWith(`script-src ${api.url}/oauth/show-token.js`),
  );
  assert.doesNotMatch(page.text, /<script>/);
  const script = await ann.get('/oauth/show-token.js');
  assert.deepEqual([script.status, script.headers['content-type']], [200, 'text/javascript; charset=utf-8']);
  assert.match((await ann.get('/oauth/localapp')).text, /cancelled/);
  const json = await ann.get('/oauth/localapp?format=json&scope=repo:read&access_token=T');
  assert.deepEqual(JSON.parse(json.text), { access_token: 'T' });
});

test('the sign-in page: a wrong password, a missing token, and nobody is led away', async (t) => {
  const { api, browserOf } = await openOauth(t);
  const browser = openBrowser(api.url);
  const page = await browser.get('/signin?redirect_url=https://evil.org/');
  const hidden = formFieldsOf(page.text, '/signin');
  assert.equal(hidden.redirect_url, '/');
  const fields = { ...hidden, username: 'ann', password: personPassword };
  const wrong = await browser.post('/signin', { ...fields, password: 'wrong' });
  assert.deepEqual([wrong.status, wrong.location], [403, undefined]);
  const throttled = await browser.post('/signin', fields);
  assert.equal(throttled.status, 429);
  api.clock.advanceMs(10_000);
  assert.equal((await browser.post('/signin', { ...fields, _csrf_token: 'x' })).status, 403);
  assert.equal(
    (await openBrowser(api.url).post('/signin', fields)).status,
    403,
    'the token of another browser',
  );
  const led = await browser.post('/signin', { ...fields, redirect_url: '//evil.org/' });
  assert.deepEqual([led.status, led.location?.href], [303, `${api.url}/`]);
  const again = await (await browserOf('ann')).get('/signin?redirect_url=/user/ann');
  assert.deepEqual([again.status, again.location?.href], [303, `${api.url}/user/ann`]);
});
