import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formFieldsOf } from '#/testing/browser.ts';
import { openOauth, registeredUri } from '#/testing/oauth-fixture.ts';

const assignPath = '/oauth/authorize/assignuser';

test('an administrator offers an authorization, the person is told, approves it once, and nobody else can', async (t) => {
  const { api, application, authorizePath, browserOf } = await openOauth(t);
  await api.createPerson('eve');
  const [ann, bob, eve] = [await browserOf('ann'), await browserOf('bob'), await browserOf('eve')];
  const token = JSON.parse((await ann.get('/csrf_token')).text).csrf_token as string;
  const bobsToken = JSON.parse((await bob.get('/csrf_token')).text).csrf_token as string;
  const asked = {
    client_id: application.clientId,
    redirect_uri: registeredUri,
    scope: 'repo:read,user:read',
    username: 'bob',
    response_type: 'token',
  };
  const assign = (changes: Record<string, string>, browser = ann, csrf = token) =>
    browser.post(`${assignPath}?${new URLSearchParams({ ...asked, format: 'json', ...changes })}`, {
      _csrf_token: csrf,
    });
  const refusals = [
    [403, await assign({}, ann, 'wrong')],
    [403, await assign({}, bob, bobsToken)],
    [400, await assign({ username: '' })],
    [400, await assign({ response_type: 'both' })],
    [404, await assign({ client_id: 'NOBODY' })],
    [404, await assign({ username: 'nobody' })],
    [404, await assign({ username: 'acme' })],
    [404, await assign({ scope: 'nonsense' })],
    [302, await assign({ redirect_uri: 'https://evil.org/' })],
  ] as const;
  for (const [index, [status, answer]] of refusals.entries())
    assert.equal(answer.status, status, `row ${index}`);
  const listed = async (as: string) =>
    (await api.call('GET', '/user/assignedauthorization', { as })).json.authorizations;
  assert.deepEqual(await listed('bob'), []);

  const assigned = await assign({});
  assert.equal(assigned.status, 200, assigned.text);
  assert.equal(typeof JSON.parse(assigned.text).message, 'string');
  assert.equal((await assign({})).status, 200);
  const notes = async () =>
    (await api.call('GET', '/user/notifications', { as: 'bob' })).json.notifications.map(
      ({ kind, metadata }: { kind: string; metadata: unknown }) => [kind, metadata],
    );
  assert.deepEqual(await notes(), [['assigned_authorization', { username: 'ann' }]]);
  const [offer, ...more] = await listed('bob');
  assert.equal(more.length, 0, 'the same is not offered twice');
  assert.deepEqual(await notes(), [], 'who saw the list needs no notification');
  assert.deepEqual(
    [offer.application.clientId, offer.redirectUri, offer.responseType, offer.scopes.length],
    [application.clientId, registeredUri, 'token', 2],
  );
  const { logs } = (await api.call('GET', '/organization/acme/logs', { as: 'ann' })).json;
  const logged = logs.filter(({ kind }: { kind: string }) => kind === 'oauth_token_assigned');
  assert.deepEqual(
    logged.map(({ metadata }: { metadata: { assigning_user: string; assigned_user: string } }) => [
      metadata.assigning_user,
      metadata.assigned_user,
    ]),
    [['ann', 'bob']],
  );

  const own = { assignment_uuid: offer.uuid, scope: 'repo:read user:read', response_type: 'token' };
  const strangers = [
    await eve.get(authorizePath(own)),
    await bob.get(authorizePath({ ...own, scope: 'repo:admin' })),
    await bob.get(authorizePath({ ...own, response_type: 'code' })),
    await bob.get(authorizePath({ ...own, redirect_uri: `${registeredUri}/more` })),
  ];
  for (const [index, { status }] of strangers.entries()) assert.equal(status, 403, `row ${index}`);
  const removed = (as: string, uuid: string) =>
    api.call('DELETE', `/user/assignedauthorization/${uuid}`, { as });
  assert.equal((await removed('eve', offer.uuid)).status, 404);
  const page = await bob.get(authorizePath(own));
  assert.equal(page.status, 200, page.text);
  const fields = formFieldsOf(page.text, '/oauth/authorizeapp');
  const approved = await bob.post('/oauth/authorizeapp', fields);
  assert.match(approved.location?.hash ?? '', /^#access_token=/);
  assert.equal(
    (await bob.post('/oauth/authorizeapp', fields)).status,
    403,
    'an offer is good for one approval',
  );
  assert.deepEqual(await listed('bob'), []);

  await assign({ scope: 'repo:admin' });
  const [next] = await listed('bob');
  assert.equal((await removed('bob', next.uuid)).status, 204);
  assert.equal((await removed('bob', next.uuid)).status, 404);
});
