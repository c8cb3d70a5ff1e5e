import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { avatar, dropInServer, type Expected, problem, stepsAt } from './drop-in.ts';
import { csrfToken, scriptedSession, signedIn } from './scripted-session.ts';

const api = '/api/v1';
const lifeSeconds = 315_576_000;
const tokenText = /^[A-Za-z0-9]{40}$/;

/** How scripts come by OAuth tokens: through a session as a person would, with a code as an application does, or with a password directly. */
describe('a script obtains a token', () => {
  // The first user's own application carries the name of that user as its client id.
  const { server, step } = dropInServer({ DIRECT_OAUTH_CLIENTID_WHITELIST: ['admin'] });
  const url = (): string => server().url;
  const session = scriptedSession(url);
  const nobody = stepsAt(url);
  const redirectUri = 'https://tools.example/back';
  let client = { client_id: '', client_secret: '' };

  before(async () => {
    await step('POST', `${api}/organization/`, { status: 201, body: 'Created' }, { body: { name: 'ops' } });
    const { json } = await step(
      'POST',
      `${api}/organization/ops/applications`,
      {
        status: 200,
        body: {
          name: 'tools',
          description: 'of the team',
          application_uri: 'https://tools.example',
          client_id: /^[A-Z0-9]{20}$/,
          client_secret: /^[A-Z0-9]{40}$/,
          redirect_uri: redirectUri,
          avatar_email: null,
        },
      },
      {
        body: {
          name: 'tools',
          description: 'of the team',
          application_uri: 'https://tools.example',
          redirect_uri: redirectUri,
        },
      },
    );
    client = json;
    await session.step('GET', '/csrf_token', { status: 200, body: { csrf_token: csrfToken } });
    const body = { username: 'admin', password: 'password1' };
    await session.step('POST', `${api}/signin`, signedIn, { body });
  });

  const sentBack: Expected = { status: 302, headers: { location: /^https:\/\/tools\.example\/back\?/ } };
  const worksFor = async (token: string, scopes: readonly string[]): Promise<void> => {
    const bearer = stepsAt(url, () => ({ authorization: `Bearer ${token}` }));
    const repositories = { status: 200, body: { repositories: [] } };
    await bearer('GET', `${api}/repository?namespace=ops`, repositories);
    const organization = scopes.includes('org:admin')
      ? { status: 200, body: { members: (value: unknown) => Array.isArray(value) } }
      : problem(403, 'insufficient_scope');
    await bearer('GET', `${api}/organization/ops/members`, organization);
  };
  const fragmentOf = (location: unknown): Record<string, string> => {
    const { hash } = new URL(String(location));
    return Object.fromEntries(new URLSearchParams(hash.slice(1)));
  };

  test('what anybody may know of an application', async () => {
    await nobody('GET', `${api}/app/${client.client_id}`, {
      status: 200,
      body: {
        name: 'tools',
        description: 'of the team',
        uri: 'https://tools.example',
        avatar: (value: unknown) => (value as { kind: string }).kind === 'app',
        organization: {
          name: 'ops',
          email: '',
          avatar: avatar('org', 'ops'),
          is_admin: false,
          is_member: false,
          teams: {},
          ordered_teams: [],
        },
      },
    });
    await nobody('GET', `${api}/app/UNKNOWN`, problem(404, 'not_found'));
  });

  test('by the session, as the page of consent would', async () => {
    const form = {
      client_id: client.client_id,
      redirect_uri: redirectUri,
      scope: 'repo:read org:admin',
      response_type: 'token',
      state: 'xyz',
    };
    const { headers } = await session.step('POST', '/oauth/authorizeapp', sentBack, { form });
    const location = new URL(String(headers.location));
    assert.deepEqual(Object.fromEntries(location.searchParams), { scope: form.scope, state: 'xyz' });
    const { access_token: token = '', ...rest } = fragmentOf(location);
    assert.match(token, tokenText);
    assert.deepEqual(rest, { token_type: 'Bearer', expires_in: String(lifeSeconds) });
    await worksFor(token, ['repo:read', 'org:admin']);
  });

  test('with a code', async () => {
    const form = {
      client_id: client.client_id,
      redirect_uri: redirectUri,
      scope: 'repo:read',
      response_type: 'code',
    };
    const { headers } = await session.step('POST', '/oauth/authorizeapp', sentBack, { form });
    const { code = '', ...rest } = Object.fromEntries(new URL(String(headers.location)).searchParams);
    assert.match(code, tokenText);
    assert.deepEqual(rest, { scope: 'repo:read' });
    const exchange = {
      grant_type: 'authorization_code',
      client_id: client.client_id,
      client_secret: client.client_secret,
      redirect_uri: redirectUri,
      scope: 'repo:read',
      code,
    };
    const fails = (error: string): Expected => ({ status: 400, body: { error } });
    for (const [change, error] of [
      [{ grant_type: 'password' }, 'unsupported_grant_type'],
      [{ client_secret: 'wrong' }, 'invalid_client'],
      [{ code: 'wrong' }, 'invalid_grant'],
      [{ scope: 'no:such' }, 'invalid_scope'],
      [{ code: '' }, 'invalid_request'],
    ] as const) {
      await nobody('POST', '/oauth/access_token', fails(error), { form: { ...exchange, ...change } });
    }
    const granted = {
      status: 200,
      body: {
        access_token: tokenText,
        token_type: 'Bearer',
        expires_in: (value: unknown) => Number(value) > lifeSeconds - 60 && Number(value) <= lifeSeconds,
        refresh_token: null,
      },
      headers: { 'cache-control': 'no-store' },
    };
    const { json } = await nobody('POST', '/oauth/access_token', granted, { form: exchange });
    await worksFor(json.access_token, ['repo:read']);
    await nobody('POST', '/oauth/access_token', fails('invalid_grant'), { form: exchange });
  });

  test('with a password, for a client that is listed', async () => {
    const headers = { authorization: `Basic ${Buffer.from('admin:password1').toString('base64')}` };
    const form = { client_id: 'admin', redirect_uri: `${url()}/oauth/localapp`, scope: 'repo:read' };
    const local: Expected = { status: 302, headers: { location: /\/oauth\/localapp\?scope=repo%3Aread#/ } };
    const answer = await nobody('POST', '/oauth/authorizeapp', local, { form, headers });
    await worksFor(fragmentOf(answer.headers.location).access_token ?? '', ['repo:read']);
  });
});
