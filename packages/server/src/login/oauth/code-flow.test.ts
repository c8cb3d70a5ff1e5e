import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { createOauthApplication } from '#/domain/tokens/index.ts';
import { personPassword } from '#/testing/api-fixture.ts';
import { formFieldsOf, openBrowser } from '#/testing/browser.ts';
import { openOauth, registeredUri } from '#/testing/oauth-fixture.ts';

/** An application of somebody else: takes the code at its callback and exchanges it with its secret. */
async function startApplication(t: TestContext) {
  const client = { registry: '', id: '', secret: '' };
  const server = createServer(async (request, response) => {
    const asked = new URL(request.url ?? '/', 'http://client');
    const answer = await fetch(`${client.registry}/oauth/access_token`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`${client.id}:${client.secret}`).toString('base64')}`,
      },
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        code: asked.searchParams.get('code') ?? '',
        redirect_uri: `http://${request.headers.host}/callback`,
      }),
    });
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ state: asked.searchParams.get('state'), token: await answer.json() }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  return { client, callback: `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback` };
}

test('a person who is not signed in signs in, approves, and the application gets its token', async (t) => {
  const { client, callback } = await startApplication(t);
  const { api, application, authorizePath } = await openOauth(t, { redirectUri: callback });
  Object.assign(client, { registry: api.url, id: application.clientId, secret: application.clientSecret });
  const browser = openBrowser(api.url);
  const start = authorizePath({ redirect_uri: callback, scope: 'user:read,repo:read', state: 'a b&c#d' });
  const redirected = await browser.get(start);
  assert.equal(redirected.status, 302);
  assert.equal(redirected.location?.pathname, '/signin');
  const signInPage = await browser.get(redirected.location?.href ?? '');
  const signedIn = await browser.post('/signin', {
    ...formFieldsOf(signInPage.text, '/signin'),
    username: 'ann',
    password: personPassword,
  });
  assert.equal(signedIn.status, 303);
  assert.equal(signedIn.location?.href, `${api.url}${start}`);
  const page = await browser.get(signedIn.location?.href ?? '');
  assert.equal(page.status, 200);
  assert.match(page.text, /App &lt;1&gt;/);
  assert.doesNotMatch(page.text, /<script/);
  const approved = await browser.post('/oauth/authorizeapp', formFieldsOf(page.text, '/oauth/authorizeapp'));
  assert.equal(approved.status, 302, approved.text);
  assert.equal(approved.location?.searchParams.get('code')?.length, 40);
  const finished = (await (await fetch(approved.location ?? '')).json()) as {
    state: string;
    token: { access_token: string };
  };
  assert.equal(finished.state, 'a b&c#d');
  const { access_token: token, ...rest } = finished.token;
  assert.deepEqual(rest, { token_type: 'Bearer', expires_in: 315_576_000, refresh_token: null });
  assert.equal(token.length, 40);

  const self = await api.call('GET', '/user/', { bearer: token });
  assert.deepEqual([self.status, self.json.username], [200, 'ann']);
  const above = [
    await api.call('POST', '/organization/acme/applications', { bearer: token, body: { name: 'more' } }),
    await api.call('PUT', '/user/', { bearer: token, body: { company: 'x' } }),
  ];
  assert.deepEqual(
    above.map(({ status }) => status),
    [403, 403],
  );
  const { authorizations } = (await api.call('GET', '/user/authorizations', { as: 'ann' })).json;
  assert.deepEqual(
    authorizations.map((entry: { scopes: { scope: string }[] }) => entry.scopes.map(({ scope }) => scope)),
    [['repo:read', 'user:read']],
  );
  const { logs } = (await api.call('GET', '/organization/acme/logs', { as: 'ann' })).json;
  const made = logs.find(({ kind }: { kind: string }) => kind === 'create_oauth_api_token');
  assert.deepEqual([made.metadata.client_id, made.performer.name], [application.clientId, 'ann']);
});

test('what an exchange is refused for', async (t) => {
  const { api, application, authorizePath, browserOf, exchange } = await openOauth(t);
  const browser = await browserOf('ann');
  const other = await createOauthApplication(api.services, {
    ownerId: application.ownerId,
    name: 'other',
    redirectUri: registeredUri,
  });
  const otherClient = { client_id: other.clientId, client_secret: other.clientSecret };
  async function newCode(): Promise<string> {
    const page = await browser.get(authorizePath());
    const fields = formFieldsOf(page.text, '/oauth/authorizeapp');
    const approved = await browser.post('/oauth/authorizeapp', fields);
    return approved.location?.searchParams.get('code') ?? '';
  }
  const basic = (id: string, secret: string) => ({
    authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
  });
  const code = await newCode();
  const keeping: readonly (readonly [
    string,
    Readonly<Record<string, string | undefined>>,
    Readonly<Record<string, string>>,
  ])[] = [
    ['unsupported_grant_type', { grant_type: 'password' }, {}],
    ['unsupported_grant_type', { grant_type: 'refresh_token' }, {}],
    ['invalid_request', { grant_type: undefined }, {}],
    ['invalid_request', { client_id: undefined }, {}],
    ['invalid_request', { redirect_uri: undefined }, {}],
    ['invalid_request', { code: undefined }, {}],
    ['invalid_client', { client_secret: undefined }, {}],
    ['invalid_client', { client_secret: 'wrong' }, {}],
    ['invalid_client', { client_secret: `${application.clientSecret} ` }, {}],
    ['invalid_client', { client_id: 'NOBODY' }, {}],
    ['invalid_client', { client_secret: other.clientSecret }, {}],
    ['invalid_client', {}, basic(application.clientId, 'wrong')],
    ['invalid_request', {}, basic(other.clientId, other.clientSecret)],
    ['invalid_request', {}, { authorization: 'Bearer x' }],
    ['invalid_request', {}, { 'content-type': 'application/json' }],
    ['invalid_scope', { scope: 'repo:everything' }, {}],
    ['invalid_grant', otherClient, {}],
    ['invalid_grant', { code: 'A'.repeat(40) }, {}],
    ['invalid_grant', { code: `${code.slice(0, 20)}${'A'.repeat(20)}` }, {}],
    ['invalid_grant', { code: code.toLowerCase() }, {}],
  ];
  for (const [error, fields, headers] of keeping) {
    const answer = await exchange({ code, ...fields }, headers);
    assert.deepEqual(
      [answer.status, JSON.parse(answer.text)],
      [400, { error }],
      `${JSON.stringify(fields)} ${JSON.stringify(headers)}`,
    );
    assert.equal(answer.headers['cache-control'], 'no-store');
  }
  const good = await exchange({ code });
  assert.equal(good.status, 200, 'none of these used the code up');
  assert.equal(good.headers['cache-control'], 'no-store');
  const bearer: string = JSON.parse(good.text).access_token;
  const scopeIsMissing = await api.call('GET', '/user/starred', { bearer });
  assert.equal(scopeIsMissing.status, 403);
  assert.deepEqual(JSON.parse((await exchange({ code })).text), { error: 'invalid_grant' }, 'used twice');
  const ended = await api.call('GET', '/user/starred', { bearer });
  assert.equal(ended.status, 401, 'the second use ends the token of the first');
  assert.equal((await exchange({ code: await newCode() })).status, 200);

  const spending: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
    ['invalid_grant', { redirect_uri: `${registeredUri}/more` }],
    ['invalid_scope', { scope: 'repo:write' }],
    ['invalid_scope', { scope: 'repo:read repo:write' }],
  ];
  // A token exists by now: further codes come without a question, and none of them may be used after a mistake.
  for (const [error, fields] of spending) {
    const direct = await browser.get(authorizePath());
    const fresh = direct.location?.searchParams.get('code') ?? '';
    assert.equal(fresh.length, 40);
    assert.deepEqual(JSON.parse((await exchange({ code: fresh, ...fields })).text), { error });
    assert.deepEqual(JSON.parse((await exchange({ code: fresh })).text), { error: 'invalid_grant' });
  }
});

test('codes live five minutes, end with their person, and are exchanged once by several at a time', async (t) => {
  const { api, authorizePath, browserOf, exchange } = await openOauth(t);
  const browser = await browserOf('ann');
  const page = await browser.get(authorizePath());
  const fields = formFieldsOf(page.text, '/oauth/authorizeapp');
  const newCode = async (): Promise<string> =>
    (await browser.post('/oauth/authorizeapp', fields)).location?.searchParams.get('code') ?? '';
  const late = await newCode();
  api.clock.advanceMs(300_000);
  assert.equal((await exchange({ code: late })).status, 200);
  const tooLate = await newCode();
  api.clock.advanceMs(300_001);
  assert.deepEqual(JSON.parse((await exchange({ code: tooLate })).text), { error: 'invalid_grant' });
  const raced = await newCode();
  const statuses = (await Promise.all([1, 2, 3, 4].map(() => exchange({ code: raced })))).map(
    ({ status }) => status,
  );
  assert.deepEqual(statuses.sort(), [200, 400, 400, 400]);
});

test('id, secret and code may come in the query, but nothing twice', async (t) => {
  const { api, application, authorizePath, browserOf } = await openOauth(t);
  const browser = await browserOf('ann');
  const page = await browser.get(authorizePath());
  const approved = await browser.post('/oauth/authorizeapp', formFieldsOf(page.text, '/oauth/authorizeapp'));
  const query = new URLSearchParams({
    grant_type: 'authorization_code',
    client_id: application.clientId,
    client_secret: application.clientSecret,
    redirect_uri: registeredUri,
    code: approved.location?.searchParams.get('code') ?? '',
    scope: 'repo:read',
  });
  const client = openBrowser(api.url);
  const twice = await client.post(`/oauth/access_token?${query}&scope=repo:read`, {});
  assert.deepEqual([twice.status, JSON.parse(twice.text)], [400, { error: 'invalid_request' }]);
  assert.equal((await client.post(`/oauth/access_token?${query}`, {})).status, 200);
});
