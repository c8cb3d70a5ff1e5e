import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openApi, personPassword } from '#/testing/api-fixture.ts';
import { formFieldsOf, openBrowser } from '#/testing/browser.ts';
import { openOauth, registeredUri } from '#/testing/oauth-fixture.ts';
import { refuseWrites } from '#/testing/refuse-writes.ts';

const approve = '/oauth/authorizeapp';
const byPassword = { authorization: `Basic ${Buffer.from(`ann:${personPassword}`).toString('base64')}` };

test('a read-only registry says so before anybody signs in or decides for nothing', async (t) => {
  const before = await openOauth(t);
  const { application, authorizePath } = before;
  await before.api.close();
  const api = await openApi(t, {
    dataDirectory: before.api.dataDirectory,
    configuration: { REGISTRY_STATE: 'readonly', FEATURE_ASSIGN_OAUTH_TOKEN: true },
  });
  const ann = openBrowser(api.url);
  await ann.signIn('ann', personPassword);
  const nobody = openBrowser(api.url);
  const { csrf_token: token } = JSON.parse((await ann.get('/csrf_token')).text);
  const fields = {
    client_id: application.clientId,
    redirect_uri: registeredUri,
    scope: 'repo:read',
    username: 'bob',
    _csrf_token: token,
  };
  const exchange = {
    grant_type: 'authorization_code',
    client_id: application.clientId,
    client_secret: application.clientSecret,
    redirect_uri: registeredUri,
  };
  const message = 'The registry is read-only at present: nothing can be changed.';
  for (const [title, answer] of [
    ['authorize', await ann.get(authorizePath())],
    ['authorize, not signed in', await nobody.get(authorizePath())],
    ['authorize by password', await nobody.get(authorizePath(), byPassword)],
    ['approve', await ann.post(approve, fields)],
    ['deny', await ann.post('/oauth/denyapp', fields)],
    ['assign', await ann.post('/oauth/authorize/assignuser', fields)],
  ] as const) {
    assert.deepEqual([answer.status, answer.location], [503, undefined], title);
    assert.match(String(answer.headers['content-type']), /^text\/html/, title);
    assert.ok(answer.text.includes(`<p>${message}</p>`), title);
  }
  for (const [title, answer] of [
    ['authorize as JSON', await ann.get(authorizePath({ format: 'json' }))],
    ['token', await nobody.post('/oauth/access_token', { ...exchange, code: 'A'.repeat(40) })],
    [
      'token, wrong secret',
      await nobody.post('/oauth/access_token', { ...exchange, client_secret: 'wrong' }),
    ],
    ['token, nothing', await nobody.post('/oauth/access_token', {})],
  ] as const) {
    assert.equal(answer.status, 503, title);
    assert.equal(JSON.parse(answer.text).detail, message, title);
  }
  assert.equal((await ann.get('/oauth/localapp')).status, 200, 'pages that change nothing work');
});

test('a database that takes no writes: what needs one answers 503, and no code is lost', async (t) => {
  const { api, authorizePath, browserOf, exchange } = await openOauth(t);
  const ann = await browserOf('ann');
  const fields = formFieldsOf((await ann.get(authorizePath())).text, approve);
  const codeOf = async (): Promise<string> =>
    (await ann.post(approve, fields)).location?.searchParams.get('code') ?? '';
  assert.equal((await exchange({ code: await codeOf() })).status, 200);
  const code = await codeOf();
  await refuseWrites(api.services.database);
  // So long that the use of the session would be noted.
  api.clock.advanceMs(200_000);
  for (const [title, answer] of [
    ['authorize, granted before', await ann.get(authorizePath())],
    ['approve', await ann.post(approve, fields)],
    ['token', await exchange({ code })],
  ] as const) {
    assert.deepEqual([answer.status, answer.location], [503, undefined], title);
    assert.equal(
      JSON.parse(answer.text).detail,
      'The database takes no writes at present; pulls go on. Try again later.',
      title,
    );
    assert.equal(answer.headers['retry-after'], '30', title);
  }
  const asked = await ann.get(authorizePath({ scope: 'repo:write' }));
  assert.equal(asked.status, 200, 'a question changes nothing');
  const denied = await ann.post('/oauth/denyapp', fields);
  assert.equal(denied.location?.searchParams.get('error'), 'authorization_denied');
});
