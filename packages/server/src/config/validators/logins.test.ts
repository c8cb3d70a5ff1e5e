import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, test } from 'node:test';
import type { OutboundHttp } from '#/platform/outbound-http.ts';
import { startGithubDouble } from '#/testing/github-double.ts';
import { type LocalRequest, startLocalServer } from '#/testing/local-server.ts';
import { startOpenidDouble } from '#/testing/openid-double.ts';
import { startOpenidProvider } from '#/testing/openid-provider.ts';
import { plainOutbound, reasonOf } from '#/testing/validation.ts';

/** A place in the internet is a double here. */
function rerouted(from: string, to: string): OutboundHttp {
  return {
    ...plainOutbound,
    request: (request) => plainOutbound.request({ ...request, url: request.url.replace(from, to) }),
  };
}

test('oidc-login, with a real provider', async (t) => {
  const provider = await startOpenidProvider(t, { ann: {} });
  provider.register('https://registry.example.com', 'corp');
  const { block } = provider;
  assert.equal(await reasonOf('oidc-login', {}), '');
  assert.equal(await reasonOf('oidc-login', { CORP_LOGIN_CONFIG: block }), '');
  for (const [changes, expected] of [
    [{ OIDC_SERVER: '' }, /OIDC_SERVER/],
    [{ CLIENT_ID: '' }, /CLIENT_ID/],
    [{ CLIENT_SECRET: '' }, /CLIENT_SECRET/],
    [{ DEBUGGING: false }, /https:\/\/|OIDC_SERVER/],
    [{ OIDC_SERVER: `${provider.url}/elsewhere/` }, /^OIDC service corp is not valid: .* status 404/],
    [{ OIDC_SERVER: 'http://127.0.0.1:1/' }, /^OIDC service corp is not valid: .*could not be reached/],
    [{ LOGIN_SCOPES: ['nothing-of-it'] }, /^OIDC service corp is not valid: none of LOGIN_SCOPES/],
  ] as const) {
    const reason = await reasonOf('oidc-login', { CORP_LOGIN_CONFIG: { ...block, ...changes } });
    assert.match(reason, expected);
    assert.ok(!reason.includes(String(block.CLIENT_SECRET)), reason);
  }
  const other = { ...block, OIDC_SERVER: 'http://127.0.0.1:1/' };
  assert.match(
    await reasonOf('oidc-login', { CORP_LOGIN_CONFIG: block, OTHER_LOGIN_CONFIG: other }),
    /^OIDC service other/,
  );
});

test('oidc-login: a discovery document that is none', async (t) => {
  const double = await startOpenidDouble(t);
  double.answers.set('/.well-known/openid-configuration', { body: 'not json' });
  const reason = await reasonOf('oidc-login', { CORP_LOGIN_CONFIG: double.block });
  assert.match(reason, /^OIDC service corp is not valid: .*did not answer with JSON/);
});

for (const [service, feature, key] of [
  ['github-login', 'FEATURE_GITHUB_LOGIN', 'GITHUB_LOGIN_CONFIG'],
  ['github-trigger', 'FEATURE_GITHUB_BUILD', 'GITHUB_TRIGGER_CONFIG'],
] as const) {
  test(`${service}, against a double of GitHub Enterprise`, async (t) => {
    const { block } = await startGithubDouble(t);
    const stranger = await startLocalServer(t, () => ({ body: {} }));
    const check = (changes: object, more: object = {}) =>
      reasonOf(service, { [feature]: true, [key]: { ...block, ...changes }, ...more });
    assert.equal(await check({}), '');
    assert.equal(await check({ CLIENT_ID: 'wrong' }, { [feature]: false }), '');
    for (const [changes, expected] of [
      [{ GITHUB_ENDPOINT: '' }, /GITHUB_ENDPOINT/],
      [{ CLIENT_ID: '' }, /CLIENT_ID/],
      [{ CLIENT_SECRET: '' }, /CLIENT_SECRET/],
      [{ CLIENT_SECRET: 'wrong-secret' }, /does not know this CLIENT_ID/],
      [{ GITHUB_ENDPOINT: `${stranger.url}/` }, /does not answer as a GitHub does/],
      [{ GITHUB_ENDPOINT: 'http://127.0.0.1:1/' }, /could not be reached/],
    ] as const) {
      const reason = await check(changes);
      assert.match(reason, expected);
      assert.ok(!/wrong-secret/.test(reason) && !reason.includes(String(block.CLIENT_SECRET)), reason);
    }
    assert.notEqual(await reasonOf(service, { [feature]: true }), '');
    if (service === 'github-trigger') return;
    assert.match(await check({ ORG_RESTRICT: true }), /ALLOWED_ORGANIZATIONS|needs/);
    assert.equal(await check({ ORG_RESTRICT: true, ALLOWED_ORGANIZATIONS: ['Acme'] }), '');
    const others = { ORG_RESTRICT: true, ALLOWED_ORGANIZATIONS: ['Acme', 'Nobody'] };
    assert.match(await check(others), /no organization "Nobody"/);
  });
}

/** The token endpoint of GitLab and of Google, for a code that does not exist. */
function tokenEndpoint({ url, form }: LocalRequest, refusal: number) {
  if (!['/oauth/token', '/token'].includes(url.pathname)) return undefined;
  const isKnown = form.get('client_id') === 'known' && form.get('client_secret') === 'right-secret';
  if (!isKnown) return { status: refusal, body: { error: 'invalid_client' } };
  return { status: 400, body: { error: 'invalid_grant' } };
}

test('google-login, against a double of its token endpoint', async (t) => {
  const google = await startLocalServer(t, (request) => tokenEndpoint(request, 401));
  const outbound = rerouted('https://oauth2.googleapis.com', google.url);
  const check = (block: object | undefined) =>
    reasonOf('google-login', { FEATURE_GOOGLE_LOGIN: true, GOOGLE_LOGIN_CONFIG: block }, { outbound });
  assert.equal(await check({ CLIENT_ID: 'known', CLIENT_SECRET: 'right-secret' }), '');
  assert.equal(await reasonOf('google-login', {}), '');
  assert.match(await check(undefined), /CLIENT_ID|GOOGLE_LOGIN_CONFIG/);
  assert.match(await check({ CLIENT_ID: 'known', CLIENT_SECRET: '' }), /CLIENT_SECRET/);
  assert.match(await check({ CLIENT_ID: 'known', CLIENT_SECRET: 'wrong-secret' }), /^Google does not know/);
});

test('gitlab-trigger, against a double of its token endpoint', async (t) => {
  const gitlab = await startLocalServer(t, (request) => tokenEndpoint(request, 401));
  const stranger = await startLocalServer(t, () => ({ body: 'hello' }));
  const block = { GITLAB_ENDPOINT: gitlab.url, CLIENT_ID: 'known', CLIENT_SECRET: 'right-secret' };
  const check = (changes: object) =>
    reasonOf('gitlab-trigger', {
      FEATURE_GITLAB_BUILD: true,
      GITLAB_TRIGGER_CONFIG: { ...block, ...changes },
    });
  assert.equal(await check({}), '');
  assert.equal(await reasonOf('gitlab-trigger', {}), '');
  for (const [changes, expected] of [
    [{ GITLAB_ENDPOINT: 'gitlab.example.com' }, /^GITLAB_ENDPOINT must start with/],
    [{ CLIENT_ID: '' }, /CLIENT_ID/],
    [{ CLIENT_SECRET: '' }, /CLIENT_SECRET/],
    [{ CLIENT_SECRET: 'wrong-secret' }, /^GitLab does not know/],
    [{ GITLAB_ENDPOINT: stranger.url }, /does not answer as a GitLab does/],
    [{ GITLAB_ENDPOINT: 'http://127.0.0.1:1' }, /could not be reached: nothing listens there/],
  ] as const) {
    const reason = await check(changes);
    assert.match(reason, expected);
    assert.doesNotMatch(reason, /-secret/);
  }
  assert.match(
    await reasonOf('gitlab-trigger', { FEATURE_GITLAB_BUILD: true }),
    /^GITLAB_TRIGGER_CONFIG is missing/,
  );
});

describe('bitbucket-trigger, against a double that checks signatures of OAuth 1.0a', () => {
  /** RFC 5849 3.4 for a request with all of its parameters in the header. */
  function isSigned(request: LocalRequest, secret: string): boolean {
    const pairs = [...(request.headers.authorization ?? '').matchAll(/(oauth_\w+)="([^"]*)"/g)].map(
      ([, name = '', value = '']) => [name, value] as const,
    );
    const given = decodeURIComponent(pairs.find(([name]) => name === 'oauth_signature')?.[1] ?? '');
    const others = pairs
      .filter(([name]) => name !== 'oauth_signature')
      .map(([name, value]) => `${name}=${value}`)
      .sort()
      .join('&');
    const url = 'https%3A%2F%2Fbitbucket.org%2Fapi%2F1.0%2Foauth%2Frequest_token';
    const base = `POST&${url}&${encodeURIComponent(others)}`;
    return createHmac('sha1', `${secret}&`).update(base).digest('base64') === given;
  }

  test('healthy and broken in each way', async (t) => {
    let answer: { status: number; body: string } | undefined;
    const bitbucket = await startLocalServer(t, (request) => {
      if (answer !== undefined) return answer;
      if (request.method !== 'POST' || request.url.pathname !== '/api/1.0/oauth/request_token')
        return undefined;
      const isKnown = /oauth_consumer_key="known"/.test(request.headers.authorization ?? '');
      if (!isKnown || !isSigned(request, 'right%20secret')) return { status: 401, body: 'Invalid signature' };
      return { body: 'oauth_token_secret=s&oauth_token=t&oauth_callback_confirmed=true' };
    });
    const outbound = rerouted('https://bitbucket.org', bitbucket.url);
    const check = (block: object | undefined) =>
      reasonOf(
        'bitbucket-trigger',
        { FEATURE_BITBUCKET_BUILD: true, BITBUCKET_TRIGGER_CONFIG: block },
        { outbound },
      );
    const block = { CONSUMER_KEY: 'known', CONSUMER_SECRET: 'right secret' };
    assert.equal(await check(block), '');
    assert.equal(await reasonOf('bitbucket-trigger', {}), '');
    assert.match(await check(undefined), /^BITBUCKET_TRIGGER_CONFIG is missing/);
    assert.match(await check({ ...block, CONSUMER_KEY: '' }), /CONSUMER_KEY/);
    assert.match(await check({ ...block, CONSUMER_SECRET: '' }), /CONSUMER_SECRET/);
    const wrong = await check({ ...block, CONSUMER_SECRET: 'wrong-secret' });
    assert.match(wrong, /^Bitbucket does not know/);
    assert.doesNotMatch(wrong, /wrong-secret/);
    answer = { status: 503, body: 'later' };
    assert.match(await check(block), /status 503/);
  });
});
