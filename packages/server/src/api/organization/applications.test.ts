import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { openOrganization, withoutColors } from '#/testing/organization-fixture.ts';

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
const applications = '/organization/acme/applications';

test('an application is made, read, changed and deleted inside its organization', async (t) => {
  const { api, lastLogs } = await openOrganization(t);
  const body = {
    name: 'portal',
    redirect_uri: 'https://portal.example/back',
    application_uri: 'https://portal.example',
    description: 'the portal',
    avatar_email: 'portal@acme.example',
  };
  const created = await api.call('POST', applications, { as: 'olga', body });
  assert.equal(created.status, 200);
  const { client_id: clientId, client_secret: secret } = created.json;
  assert.match(clientId, /^[A-Z0-9]{20}$/);
  assert.match(secret, /^[A-Z0-9]{40}$/);
  const view = { ...body, client_id: clientId, client_secret: secret };
  assert.deepEqual(created.json, view);
  assert.deepEqual(await lastLogs(1), [
    {
      kind: 'create_application',
      metadata: { ...body, application_name: 'portal', client_id: clientId },
    },
  ]);
  const path = `${applications}/${clientId}`;
  assert.deepEqual((await api.call('GET', applications, { as: 'olga' })).json, { applications: [view] });
  assert.deepEqual((await api.call('GET', path, { as: 'olga' })).json, view);
  const information = await api.call('GET', `/app/${clientId}`);
  assert.deepEqual(withoutColors(information.json), {
    name: 'portal',
    description: 'the portal',
    uri: 'https://portal.example',
    avatar: { name: 'portal', hash: md5('portal@acme.example'), kind: 'app' },
    organization: {
      name: 'acme',
      email: '',
      avatar: { name: 'acme', hash: md5('office@acme.example'), kind: 'org' },
      is_admin: false,
      is_member: false,
      teams: {},
      ordered_teams: [],
    },
  });
  const change = { name: 'gate', redirect_uri: 'https://gate.example/back', application_uri: '' };
  const changed = await api.call('PUT', path, { as: 'olga', body: change });
  const changedView = { ...view, ...change, description: '', avatar_email: null };
  assert.deepEqual(changed.json, changedView);
  assert.equal((await api.call('PUT', path, { as: 'olga', body: { name: 'gate' } })).status, 400);
  const reset = await api.call('POST', `${path}/resetclientsecret`, { as: 'olga' });
  assert.equal(reset.status, 200);
  assert.notEqual(reset.json.client_secret, secret);
  assert.deepEqual(reset.json, { ...changedView, client_secret: reset.json.client_secret });
  assert.deepEqual((await api.call('GET', path, { as: 'olga' })).json, reset.json);
  assert.equal((await api.call('DELETE', path, { as: 'olga' })).status, 204);
  assert.deepEqual(
    (await lastLogs(3)).map(({ kind }) => kind),
    ['delete_application', 'reset_application_client_secret', 'update_application'],
  );
  for (const gone of [path, `/app/${clientId}`]) {
    assert.equal((await api.call('GET', gone, { as: 'olga' })).status, 404);
  }
});

test('applications of others are not found, and members may not see them', async (t) => {
  const { api } = await openOrganization(t);
  const { json } = await api.call('POST', applications, { as: 'olga', body: { name: 'portal' } });
  const body = { name: 'taken', redirect_uri: '', application_uri: '' };
  for (const [method, path, as, sent, status] of [
    ['GET', `/organization/rival/applications/${json.client_id}`, 'tess', undefined, 404],
    ['PUT', `/organization/rival/applications/${json.client_id}`, 'tess', body, 404],
    ['DELETE', `/organization/rival/applications/${json.client_id}`, 'tess', undefined, 404],
    ['POST', `/organization/rival/applications/${json.client_id}/resetclientsecret`, 'tess', undefined, 404],
    ['GET', `/organization/rival/applications/${json.client_id}/tokens`, 'tess', undefined, 404],
    [
      'POST',
      `/organization/rival/applications/${json.client_id}/tokens`,
      'tess',
      { name: 'x', scope: 'repo:read' },
      404,
    ],
    ['GET', `${applications}/${json.client_id}`, 'tess', undefined, 403],
    ['GET', applications, 'mia', undefined, 403],
    ['POST', applications, 'mia', body, 403],
    ['POST', applications, 'olga', { name: '__quay_bootstrap_app' }, 400],
    ['POST', applications, 'olga', { name: '' }, 400],
    ['POST', applications, 'olga', {}, 400],
  ] as const) {
    const answer = await api.call(method, path, { as, body: sent });
    assert.equal(answer.status, status, `${method} ${path} as ${as}: ${answer.text}`);
  }
  const bearer = await api.tokenOf('olga', ['repo:admin', 'user:admin']);
  assert.equal((await api.call('GET', applications, { bearer })).status, 403);
});

test('tokens of an application are listed in pages, act as their maker and end', async (t) => {
  const { api, lastLogs } = await openOrganization(t, { OAUTH_APPLICATION_MAXIMUM_TOKEN_COUNT: 52 });
  const { json } = await api.call('POST', applications, { as: 'olga', body: { name: 'portal' } });
  const tokens = `${applications}/${json.client_id}/tokens`;
  const create = (body: unknown) => api.call('POST', tokens, { as: 'olga', body });
  const first = await create({ name: ' deploy ', scope: 'repo:read,org:admin', expiration: 3600 });
  assert.equal(first.status, 200, first.text);
  const { uuid, token } = first.json;
  assert.match(token, /^[A-Z0-9]{40}$/);
  const view = {
    uuid,
    name: 'deploy',
    scope: 'repo:read org:admin',
    expires_at: '2026-01-01T01:00:00Z',
    created: '2026-01-01T00:00:00Z',
    created_by: 'olga',
    last_accessed: null,
  };
  assert.deepEqual(first.json, { ...view, token });
  assert.deepEqual(await lastLogs(1), [
    {
      kind: 'create_oauth_api_token',
      metadata: {
        oauth_token_uuid: uuid,
        scope: 'repo:read org:admin',
        token_display_name: 'deploy',
        application_name: 'portal',
        auth_method: 'session',
        client_id: json.client_id,
      },
    },
  ]);
  assert.deepEqual((await api.call('GET', tokens, { bearer: token })).json, { tokens: [view] });
  const ages = await create({ name: 'ages', scope: 'repo:read', expiration: 9e9 });
  assert.equal(ages.json.expires_at, '2036-01-01T12:00:00Z');
  for (let count = 2; count < 52; count += 1) {
    assert.equal((await create({ name: `token-${count}`, scope: 'repo:read' })).status, 200);
  }
  assert.equal((await create({ name: 'too many', scope: 'repo:read' })).status, 400);
  const page = await api.call('GET', tokens, { as: 'olga' });
  assert.equal(page.json.tokens.length, 50);
  assert.equal(page.json.tokens[0].name, 'token-51');
  const rest = await api.call('GET', `${tokens}?next_page=${page.json.next_page}`, { as: 'olga' });
  assert.deepEqual(
    rest.json.tokens.map(({ name }: { name: string }) => name),
    ['ages', 'deploy'],
  );
  assert.equal('next_page' in rest.json, false);
  api.clock.advanceMs(3_600_000);
  const later = await api.call('GET', `${tokens}?next_page=${page.json.next_page}`, { as: 'olga' });
  assert.deepEqual(
    later.json.tokens.map(({ name }: { name: string }) => name),
    ['ages'],
  );
  assert.equal((await api.call('DELETE', `${tokens}/${ages.json.uuid}`, { as: 'olga' })).status, 204);
  assert.equal((await api.call('DELETE', `${tokens}/${ages.json.uuid}`, { as: 'olga' })).status, 404);
  assert.deepEqual(await lastLogs(1), [
    {
      kind: 'revoke_oauth_api_token',
      metadata: {
        oauth_token_uuid: ages.json.uuid,
        application_name: 'portal',
        client_id: json.client_id,
      },
    },
  ]);
  assert.equal((await api.call('GET', '/user/', { bearer: ages.json.token })).status, 401);
});

test('a token gives no more than it has, and bad ones are refused', async (t) => {
  const { api } = await openOrganization(t);
  const { json } = await api.call('POST', applications, { as: 'olga', body: { name: 'portal' } });
  const other = await api.call('POST', applications, { as: 'olga', body: { name: 'other' } });
  const tokens = `${applications}/${json.client_id}/tokens`;
  const bearer = await api.tokenOf('olga', ['org:admin', 'repo:write']);
  for (const [scope, status] of [
    ['repo:read', 200],
    ['repo:write org:admin', 200],
    ['repo:admin', 403],
    ['user:admin', 403],
    ['super:user', 403],
  ] as const) {
    const answer = await api.call('POST', tokens, { bearer, body: { name: 'made', scope } });
    assert.equal(answer.status, status, scope);
  }
  for (const body of [
    { name: ' ', scope: 'repo:read' },
    { name: 'x'.repeat(256), scope: 'repo:read' },
    { name: 'x', scope: 'repo:read nonsense' },
    { name: 'x', scope: '' },
    { name: 'x', scope: 'repo:read', expiration: 0 },
    { name: 'x', scope: 'repo:read', expiration: 1.5 },
    { scope: 'repo:read' },
  ]) {
    const answer = await api.call('POST', tokens, { as: 'olga', body });
    assert.equal(answer.status, 400, JSON.stringify(body));
    assert.equal(typeof answer.json.message, 'string');
  }
  const made = await api.call('POST', tokens, { as: 'olga', body: { name: 'made', scope: 'repo:read' } });
  const foreign = `${applications}/${other.json.client_id}/tokens/${made.json.uuid}`;
  assert.equal((await api.call('DELETE', foreign, { as: 'olga' })).status, 404);
  assert.equal((await api.call('DELETE', `${tokens}/${made.json.uuid}`, { as: 'mia' })).status, 403);
});
