import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { formFieldsOf, openBrowser } from '#/testing/browser.ts';
import { openOauth, registeredUri } from '#/testing/oauth-fixture.ts';

const verifier = `${'verifier-._~'.repeat(4)}0`;
const challenge = createHash('sha256').update(verifier).digest('base64url');
const s256 = { code_challenge: challenge, code_challenge_method: 'S256' } as const;
const approve = '/oauth/authorizeapp';

test('a challenge goes from the request through the page into the code, and only its verifier gets the token', async (t) => {
  const { authorizePath, browserOf, exchange } = await openOauth(t);
  const ann = await browserOf('ann');
  async function newCode(changes: Record<string, string | undefined>): Promise<string> {
    const answer = await ann.get(authorizePath(changes));
    const granted =
      answer.status === 200 ? await ann.post(approve, formFieldsOf(answer.text, approve)) : answer;
    const code = granted.location?.searchParams.get('code') ?? '';
    assert.equal(code.length, 40, granted.text);
    return code;
  }
  const shown = formFieldsOf((await ann.get(authorizePath(s256))).text, approve);
  assert.deepEqual([shown.code_challenge, shown.code_challenge_method], [challenge, 'S256']);
  const rows: readonly (readonly [
    string,
    Record<string, string | undefined>,
    Record<string, string | undefined>,
    number,
  ])[] = [
    ['no verifier', s256, {}, 400],
    ['an empty verifier', s256, { code_verifier: '' }, 400],
    ['another verifier', s256, { code_verifier: 'B'.repeat(43) }, 400],
    ['the challenge for a verifier', s256, { code_verifier: challenge }, 400],
    ['a verifier without a challenge', {}, { code_verifier: verifier }, 400],
    ['the right verifier', s256, { code_verifier: verifier }, 200],
    ['an application that knows nothing of it', {}, {}, 200],
    ['an empty challenge is none', { code_challenge: '' }, {}, 200],
    ['the right verifier, without a question', s256, { code_verifier: verifier }, 200],
    ['no verifier, without a question', s256, {}, 400],
  ];
  for (const [title, asked, fields, status] of rows) {
    const answer = await exchange({ code: await newCode(asked), ...fields });
    assert.equal(answer.status, status, `${title}: ${answer.text}`);
    if (status === 400) assert.deepEqual(JSON.parse(answer.text), { error: 'invalid_grant' }, title);
  }
});

test('challenges that prove nothing are refused before and after the person is asked', async (t) => {
  const { authorizePath, browserOf } = await openOauth(t);
  const ann = await browserOf('ann');
  const fields = formFieldsOf((await ann.get(authorizePath())).text, approve);
  const onlyS256 = 'code_challenge_method must be S256';
  const form = 'code_challenge must be 43 characters of base64url';
  const rows: readonly (readonly [Record<string, string>, string])[] = [
    [{ code_challenge: challenge }, onlyS256],
    [{ code_challenge: challenge, code_challenge_method: 'plain' }, onlyS256],
    [{ code_challenge: challenge, code_challenge_method: 's256' }, onlyS256],
    [{ code_challenge: challenge, code_challenge_method: 'S512' }, onlyS256],
    [{ code_challenge_method: 'S256' }, 'code_challenge_method needs a code_challenge'],
    [{ code_challenge: '', code_challenge_method: 'S256' }, 'code_challenge_method needs a code_challenge'],
    [{ ...s256, code_challenge: `${challenge}A` }, form],
    [{ ...s256, code_challenge: challenge.slice(1) }, form],
    [{ ...s256, code_challenge: `${challenge.slice(1)}=` }, form],
    [{ ...s256, code_challenge: `${challenge.slice(1)}+` }, form],
    [{ ...s256, response_type: 'token' }, 'code_challenge needs response_type=code'],
  ];
  for (const [changes, description] of rows) {
    for (const answer of [
      await ann.get(authorizePath({ state: 's', ...changes })),
      await ann.post(approve, { ...fields, state: 's', ...changes }),
    ]) {
      const parameters = Object.fromEntries(answer.location?.searchParams ?? []);
      assert.deepEqual(
        [answer.status, parameters],
        [302, { error: 'invalid_request', error_description: description, state: 's' }],
        JSON.stringify(changes),
      );
      assert.equal(`${answer.location?.origin}${answer.location?.pathname}`, registeredUri);
    }
  }
  const twice = await ann.get(`${authorizePath(s256)}&code_challenge=${'A'.repeat(43)}`);
  assert.equal(twice.status, 400);
});

test('a web interface is told of the challenge, and programs of what the provider can do', async (t) => {
  const { api, authorizePath, browserOf } = await openOauth(t);
  const json = await (await browserOf('ann')).get(authorizePath({ ...s256, format: 'json' }));
  const { code_challenge, code_challenge_method } = JSON.parse(json.text);
  assert.deepEqual({ code_challenge, code_challenge_method }, s256);
  const metadata = await openBrowser(api.url).get('/.well-known/oauth-authorization-server');
  assert.equal(metadata.status, 200);
  const { scopes_supported: scopes, ...rest } = JSON.parse(metadata.text);
  assert.ok(scopes.includes('repo:read') && scopes.includes('super:user'));
  assert.deepEqual(rest, {
    issuer: api.url,
    authorization_endpoint: `${api.url}/oauth/authorize`,
    token_endpoint: `${api.url}/oauth/access_token`,
    response_types_supported: ['code', 'token'],
    response_modes_supported: ['query', 'fragment'],
    grant_types_supported: ['authorization_code', 'implicit'],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    code_challenge_methods_supported: ['S256'],
  });
});
