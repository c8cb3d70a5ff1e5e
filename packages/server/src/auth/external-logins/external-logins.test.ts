import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { pino } from 'pino';
import type { Services } from '#/domain/services.ts';
import { createOutboundHttp, type OutboundHttp } from '#/platform/outbound-http.ts';
import { externalLoginConformance } from '#/testing/external-login-conformance.ts';
import { startGithubDouble } from '#/testing/github-double.ts';
import { startOpenidDouble } from '#/testing/openid-double.ts';
import { createTestServices } from '#/testing/services.ts';
import { checkGithubLogin } from './check-github-login.ts';
import { checkGoogleLogin } from './check-google-login.ts';
import { checkOidcLogins } from './check-oidc-login.ts';
import { githubLogin } from './github.ts';
import { googleLogin } from './google.ts';
import { oidcLogin } from './oidc.ts';
import { newSecrets } from './pending-sign-in.ts';

const outbound = createOutboundHttp({ allowedHosts: [], blockedHosts: [], allowPrivateAddresses: false });

/** Sends requests to one place to another: for services whose address nobody can configure. */
function rerouted(from: string, to: string): OutboundHttp {
  return {
    ...outbound,
    request: (request) => outbound.request({ ...request, url: request.url.replace(from, to) }),
  };
}

function servicesWith(client: OutboundHttp): Services {
  return { ...createTestServices({ database: {} as Services['database'] }), outbound: client };
}

externalLoginConformance('OpenID Connect', async (t) => {
  const double = await startOpenidDouble(t);
  return {
    login: oidcLogin.open(servicesWith(outbound), 'corp', double.block),
    secrets: [String(double.block.CLIENT_SECRET)],
    person: { identifier: 'subject-1', username: 'ann', email: 'ann@example.com' },
    approve: double.approve,
    change(username, email) {
      double.person = { ...double.person, preferred_username: username, email, email_verified: false };
    },
    close: double.close,
  };
});

externalLoginConformance('GitHub Enterprise', async (t) => {
  const double = await startGithubDouble(t);
  return {
    login: githubLogin.open(servicesWith(outbound), 'github', double.block),
    secrets: [String(double.block.CLIENT_SECRET)],
    person: { identifier: '4711', username: 'Ann-Smith', email: 'ann@example.com' },
    approve: double.approve,
    change(login, email) {
      double.person = { ...double.person, login };
      double.emails = [{ email, primary: true, verified: false }];
    },
    close: double.close,
  };
});

const google = 'https://accounts.google.com';

async function openGoogle(t: TestContext) {
  const double = await startOpenidDouble(t, { issuer: google });
  double.person = { sub: '10769150350006150715113082367', email: 'ann@gmail.com', email_verified: true };
  const block = { CLIENT_ID: 'wharf', CLIENT_SECRET: String(double.block.CLIENT_SECRET) };
  return { double, login: googleLogin.open(servicesWith(rerouted(google, double.url)), 'google', block) };
}

externalLoginConformance('Google', async (t) => {
  const { double, login } = await openGoogle(t);
  return {
    login,
    secrets: [String(double.block.CLIENT_SECRET)],
    person: { identifier: '10769150350006150715113082367', username: 'ann', email: 'ann@gmail.com' },
    approve: double.approve,
    change(username, email) {
      double.person = { ...double.person, name: username, email, email_verified: false };
    },
    close: double.close,
  };
});

test('Google is asked for address and identity only', async (t) => {
  const { login } = await openGoogle(t);
  const url = await login.authorizationUrl({ ...newSecrets(), redirectUri: 'https://r.example.com/cb' });
  assert.deepEqual([url.origin, url.searchParams.get('scope')], [google, 'openid email']);
});

test('GitHub: only members of the allowed organizations, whatever the case, on any page of theirs', async (t) => {
  const double = await startGithubDouble(t);
  const login = githubLogin.open(servicesWith(outbound), 'github', {
    ...double.block,
    ORG_RESTRICT: true,
    ALLOWED_ORGANIZATIONS: ['aCME'],
  });
  const attempt = { ...newSecrets(), redirectUri: 'https://r.example.com/cb' };
  const come = async () => {
    const url = await login.authorizationUrl(attempt);
    assert.equal(url.searchParams.get('scope'), 'user:email read:org');
    return login.identify(attempt, double.approve(url).searchParams);
  };
  await assert.rejects(come(), { code: 'denied' });
  double.organizations = [...Array.from({ length: 150 }, (_, index) => `other-${index}`), 'Acme'];
  assert.equal((await come()).username, 'Ann-Smith');
  double.organizations = ['acme-evil', 'evil-acme'];
  await assert.rejects(come(), { code: 'denied' });
});

test('GitHub of github.com has its own name', () => {
  const block = { CLIENT_ID: 'a', CLIENT_SECRET: 'b' };
  for (const endpoints of [
    {},
    { GITHUB_ENDPOINT: 'https://github.com' },
    { API_ENDPOINT: 'https://api.github.com' },
  ]) {
    const own = githubLogin.open(servicesWith(outbound), 'github', { ...block, ...endpoints });
    assert.equal(own.title, 'GitHub');
  }
  const enterprise = githubLogin.open(servicesWith(outbound), 'github', {
    ...block,
    GITHUB_ENDPOINT: 'https://git.example.com',
  });
  assert.equal(enterprise.title, 'GitHub Enterprise');
  assert.equal(enterprise.publicSettings.AUTHORIZE_ENDPOINT, 'https://git.example.com/login/oauth/authorize');
});

test('what an OpenID block changes: scopes, parameters, claims, public client', async (t) => {
  const double = await startOpenidDouble(t);
  double.person = {
    sub: 's',
    upn: 'ann@corp',
    mail: 'ann@example.com',
    roles: ['a', 7, 'b'],
    preferred_username: 'no',
  };
  const login = oidcLogin.open(servicesWith(outbound), 'corp', {
    ...double.block,
    LOGIN_SCOPES: ['openid', 'email', 'unknown'],
    OIDC_ENDPOINT_CUSTOM_PARAMS: { authorization_endpoint: { kc_idp_hint: 'x y' } },
    PREFERRED_USERNAME_CLAIM_NAME: 'upn',
    VERIFIED_EMAIL_CLAIM_NAME: 'mail',
    PREFERRED_GROUP_CLAIM_NAME: 'roles',
    OIDC_DISABLE_USER_ENDPOINT: true,
  });
  const attempt = { ...newSecrets(), redirectUri: 'https://r.example.com/cb' };
  const url = await login.authorizationUrl(attempt);
  assert.equal(url.searchParams.get('scope'), 'openid email');
  assert.equal(url.searchParams.get('kc_idp_hint'), 'x y');
  const { idToken, ...identity } = await login.identify(attempt, double.approve(url).searchParams);
  assert.deepEqual(identity, {
    identifier: 's',
    username: 'ann',
    email: 'ann@example.com',
    groups: ['a', 'b'],
  });
  assert.equal(typeof idToken, 'string');
  assert.equal(double.heard.includes('/userinfo'), false);
});

test('scopes of a provider are all asked for, except the one of long life', async (t) => {
  const double = await startOpenidDouble(t);
  const login = oidcLogin.open(servicesWith(outbound), 'corp', double.block);
  const url = await login.authorizationUrl({ ...newSecrets(), redirectUri: 'https://r.example.com/cb' });
  assert.equal(url.searchParams.get('scope'), 'openid profile email');
});

test('checks of OpenID blocks say what is wrong with which service', async (t) => {
  const double = await startOpenidDouble(t);
  const check = (changes: Record<string, unknown>) =>
    checkOidcLogins({ outbound }, [{ id: 'corp', config: { ...double.block, ...changes } }]);
  assert.equal(await check({}), undefined);
  for (const name of ['OIDC_SERVER', 'CLIENT_ID', 'CLIENT_SECRET']) {
    assert.equal(await check({ [name]: '' }), `${name} is missing on OIDC service corp`);
  }
  assert.match((await check({ DEBUGGING: false })) ?? '', /corp is not valid: OIDC_SERVER must be an https/);
  assert.match((await check({ OIDC_SERVER: 'http://127.0.0.1:1/' })) ?? '', /could not be reached/);
  assert.match((await check({ OIDC_SERVER: `${double.url}/sub/` })) ?? '', /answered with status 404/);
  assert.equal(await check({ OIDC_SERVER: `${double.url}/sub` }), undefined, 'the URL is joined');
  assert.match((await check({ LOGIN_SCOPES: ['unknown'] })) ?? '', /none of LOGIN_SCOPES/);
  assert.match((await check({ LOGIN_SCOPES: ['email'] })) ?? '', /must include openid/);
  double.answers.set('/.well-known/openid-configuration', { body: 'no json' });
  assert.match((await check({})) ?? '', /did not answer with JSON/);
  double.answers.set('/.well-known/openid-configuration', { body: { issuer: 'x' } });
  assert.match((await check({})) ?? '', /not as it should be: authorization_endpoint/);
});

test('checks of a GitHub block say what is wrong', async (t) => {
  const double = await startGithubDouble(t);
  const check = (changes: Record<string, unknown>) =>
    checkGithubLogin({ outbound }, { ...double.block, ...changes });
  const restricted = { ORG_RESTRICT: true };
  assert.equal(await check({ ...restricted, ALLOWED_ORGANIZATIONS: ['Acme'] }), undefined);
  const stranger = await startOpenidDouble(t);
  for (const [changes, reason] of [
    [{ GITHUB_ENDPOINT: '' }, /GITHUB_ENDPOINT is missing/],
    [{ GITHUB_ENDPOINT: 'ftp://github.com' }, /must start with http/],
    [{ CLIENT_ID: null }, /CLIENT_ID is missing/],
    [{ CLIENT_SECRET: '' }, /CLIENT_SECRET is missing/],
    [restricted, /ORG_RESTRICT needs/],
    [{ GITHUB_ENDPOINT: stranger.url }, /does not answer as a GitHub/],
    [{ CLIENT_SECRET: 'wrong' }, /does not know this CLIENT_ID/],
    [{ ...restricted, ALLOWED_ORGANIZATIONS: ['Acme', 'nobody'] }, /no organization "nobody"/],
    [{ GITHUB_ENDPOINT: 'http://127.0.0.1:1/' }, /could not be reached/],
  ] as const) {
    assert.match((await check(changes)) ?? '', reason);
  }
  assert.match((await checkGithubLogin({ outbound }, null)) ?? '', /empty/);
});

test('checks of a Google block say what is wrong', async (t) => {
  const double = await startOpenidDouble(t);
  const client = rerouted('https://oauth2.googleapis.com', double.url);
  const block = { CLIENT_ID: 'wharf', CLIENT_SECRET: double.block.CLIENT_SECRET };
  const check = (changes: Record<string, unknown>) =>
    checkGoogleLogin(
      { outbound: client },
      { ...block, ...changes },
      'https://r.example.com/oauth2/google/callback',
    );
  assert.equal(await check({}), undefined);
  assert.match((await check({ CLIENT_ID: '' })) ?? '', /CLIENT_ID is missing/);
  assert.match((await check({ CLIENT_SECRET: undefined })) ?? '', /CLIENT_SECRET is missing/);
  assert.match((await check({ CLIENT_SECRET: 'wrong' })) ?? '', /does not know/);
  double.close();
  assert.match((await check({})) ?? '', /could not be reached/);
});

test('no log of a failed sign-in holds a secret, a code or a token', async (t) => {
  const double = await startOpenidDouble(t);
  const lines: string[] = [];
  const logger = pino({}, { write: (line: string) => lines.push(line) });
  const login = oidcLogin.open(servicesWith(outbound), 'corp', double.block);
  const token = await double.sign({ iss: double.issuer, sub: 'subject-1' });
  const secrets = [String(double.block.CLIENT_SECRET), token, 'secret-access-token'];
  const body = { access_token: 'secret-access-token', token_type: 'Bearer', id_token: token };
  for (const answer of [
    { body },
    { body: { ...body, id_token: `${token}x` } },
    { status: 400, body: { error: 'invalid_grant', access_token: 'secret-access-token' } },
    { status: 500, body: `failed for ${secrets[0]}` },
    { status: 302, headers: { location: `http://127.0.0.1:1/?t=${secrets[0]}` }, body: '' },
  ]) {
    double.answers.set('/token', answer);
    const attempt = { ...newSecrets(), redirectUri: 'https://r.example.com/cb' };
    const { searchParams } = double.approve(await login.authorizationUrl(attempt));
    secrets.push(searchParams.get('code') ?? '', attempt.codeVerifier, attempt.nonce);
    await login.identify(attempt, searchParams).then(
      () => assert.fail('nothing failed'),
      (err: unknown) => logger.warn({ err }, 'failed'),
    );
  }
  assert.equal(lines.length, 5);
  assert.match(lines.join(), /could not be verified/);
  for (const secret of secrets) assert.equal(lines.join().includes(secret), false, lines.join('\n'));
});
