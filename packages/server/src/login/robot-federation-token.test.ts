import assert from 'node:assert/strict';
import { createPublicKey, KeyObject, sign as signBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT } from 'jose';
import { regenerateRobotToken } from '#/domain/namespaces/index.ts';
import { setRobotFederation, verifyRobotToken } from '#/domain/tokens/index.ts';
import { openOrganization } from '#/testing/organization-fixture.ts';

const subject = 'repo:acme/app:ref:main';

/** An issuer on loopback that publishes the keys of `keys`, and counts how often it is asked for them. */
async function openIssuer(t: TestContext) {
  const keys = new Map<string, object>();
  const state = { asked: 0, name: '' };
  const server = createServer((request, response) => {
    const answer = (body: unknown) => response.end(JSON.stringify(body));
    if (request.url === '/.well-known/openid-configuration') {
      answer({ issuer: state.name, jwks_uri: `${url}/keys` });
    } else if (request.url === '/keys') {
      state.asked += 1;
      answer({ keys: [...keys.values()] });
    } else response.writeHead(404).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  state.name = url;
  const addKey = async (kid: string, alg: 'RS256' | 'ES256') => {
    const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
    keys.set(kid, { ...(await exportJWK(publicKey)), kid, alg });
    return privateKey;
  };
  return { url, state, keys, addKey };
}

async function openFederation(t: TestContext) {
  const issuer = await openIssuer(t);
  const { api, lastLogs } = await openOrganization(t, { SSRF_ALLOWED_HOSTS: ['127.0.0.1'] });
  await api.call('PUT', '/organization/acme/robots/ci', { as: 'olga' });
  const set = (federations: unknown) =>
    api.call('POST', '/organization/acme/robots/ci/federation', { as: 'olga', body: federations });
  assert.equal((await set([{ issuer: issuer.url, subject }])).status, 200);
  const privateKey = await issuer.addKey('one', 'RS256');
  const nowSeconds = Math.floor(api.clock.nowMs() / 1000);
  /** A token that is good in every respect but those given. */
  const sign = (
    claims: Readonly<Record<string, unknown>> = {},
    header: { readonly alg?: string; readonly [name: string]: unknown } = {},
    key: Parameters<SignJWT['sign']>[0] = privateKey,
  ) =>
    new SignJWT({ iss: issuer.url, sub: subject, exp: nowSeconds + 600, ...claims })
      .setProtectedHeader({ alg: 'RS256', kid: 'one', ...header })
      .sign(key);
  const exchange = (token: string, robot = 'acme+ci') =>
    api.call('GET', '//oauth2/federation/robot/token', {
      headers: { authorization: `Basic ${Buffer.from(`${robot}:${token}`).toString('base64')}` },
    });
  const robotOf = (token: string) => verifyRobotToken(api.services, 'acme+ci', token);
  return { api, issuer, lastLogs, set, privateKey, nowSeconds, sign, exchange, robotOf };
}

const refusal = { code: 'invalid_credentials' };

test('an external identity gets a password of the robot for an hour', async (t) => {
  const { api, issuer, lastLogs, sign, exchange, robotOf } = await openFederation(t);
  const answer = await exchange(await sign());
  assert.deepEqual([answer.status, Object.keys(answer.json)], [200, ['token']], answer.text);
  assert.deepEqual(await lastLogs(1), [
    {
      kind: 'federated_robot_token_exchange',
      metadata: { subject, issuer: issuer.url, robot: 'acme+ci' },
    },
  ]);
  assert.equal((await robotOf(answer.json.token)).account.name, 'acme+ci');
  const authorization = `Basic ${Buffer.from(`acme+ci:${answer.json.token}`).toString('base64')}`;
  const registry = await api.call('GET', '//v2/auth?service=127.0.0.1', { headers: { authorization } });
  assert.equal(registry.status, 200, registry.text);
  await exchange(await sign());
  assert.equal(issuer.state.asked, 1);
  api.clock.advanceMs(3_599_999);
  await robotOf(answer.json.token);
  api.clock.advanceMs(1);
  await assert.rejects(robotOf(answer.json.token), refusal);
});

test('the password ends with the federation, and with the token of the robot', async (t) => {
  const { api, issuer, set, sign, exchange, robotOf } = await openFederation(t);
  const first = (await exchange(await sign())).json.token;
  await set([{ issuer: issuer.url, subject: 'somebody else' }]);
  await assert.rejects(robotOf(first), refusal);
  await set([{ issuer: issuer.url, subject }]);
  await assert.rejects(robotOf(first), refusal);
  const second = (await exchange(await sign())).json.token;
  await robotOf(second);
  const acme = await api.services.database.read
    .selectFrom('accounts')
    .selectAll()
    .where('name', '=', 'acme')
    .executeTakeFirstOrThrow();
  await regenerateRobotToken(api.services, { owner: acme, shortName: 'ci' });
  await assert.rejects(robotOf(second), refusal);
  const third = (await exchange(await sign())).json.token;
  const [head, claims = '', mac] = third.split('.');
  const longer = Buffer.from(
    Buffer.from(claims, 'base64url')
      .toString('utf8')
      .replace(/\d+(?=})/, '9999999999999'),
  ).toString('base64url');
  assert.notEqual(longer, claims);
  for (const forged of [`${head}.${longer}.${mac}`, `${head}.${claims}.`, `${head}.${claims}`, `${head}.`]) {
    await assert.rejects(robotOf(forged), refusal, forged);
  }
  await assert.rejects(verifyRobotToken(api.services, 'acme+other', third), refusal);
});

test('an identity that states an audience needs tokens for it, others take any', async (t) => {
  const { issuer, set, sign, exchange } = await openFederation(t);
  const audience = 'https://registry.example.com';
  const statusOf = async (aud: unknown) => (await exchange(await sign({ aud }))).status;
  for (const aud of [undefined, 'anybody', ['a', 'b']]) assert.equal(await statusOf(aud), 200);
  const entry = { issuer: issuer.url, subject, audience };
  assert.deepEqual((await set([entry])).json, [entry]);
  const rows: readonly (readonly [unknown, number])[] = [
    [audience, 200],
    [[audience], 200],
    [['https://other.example', audience], 200],
    [undefined, 401],
    [[], 401],
    ['https://other.example', 401],
    [['https://other.example'], 401],
    [`${audience}/`, 401],
    [audience.slice(0, -1), 401],
    [{ 0: audience }, 401],
    [[[audience]], 401],
    [[{ toString: audience }], 401],
    [null, 401],
    [1, 401],
  ];
  for (const [aud, status] of rows) assert.equal(await statusOf(aud), status, JSON.stringify(aud));
  const refused = await exchange(await sign({ aud: 'https://other.example' }));
  assert.deepEqual(refused.json, { error: `The external token is not meant for "${audience}".` });
  const stranger = await exchange(await sign({ aud: audience, sub: 'somebody else' }));
  assert.deepEqual(stranger.json, { error: 'The identity may not act as this robot.' });
});

test('a token cannot bring the key that proves it', async (t) => {
  const { issuer, privateKey, sign, exchange } = await openFederation(t);
  const attacker = await generateKeyPair('RS256', { extractable: true });
  const jwk = { ...(await exportJWK(attacker.publicKey)), kid: 'one', alg: 'RS256', use: 'sig' };
  let asked = 0;
  const host = createServer((_request, response) => {
    asked += 1;
    response.end(JSON.stringify({ keys: [jwk] }));
  });
  host.listen(0, '127.0.0.1');
  await once(host, 'listening');
  t.after(() => host.close());
  const jku = `http://127.0.0.1:${(host.address() as AddressInfo).port}/keys`;
  const der = (await exportSPKI(attacker.publicKey)).split('\n').slice(1, -1).join('');
  const headers: readonly Readonly<Record<string, unknown>>[] = [
    { jwk },
    { jwk, kid: undefined },
    { jku },
    { jku, kid: 'new' },
    { x5u: jku },
    { x5c: [der] },
    { kid: '../../../../dev/null' },
    { kid: "one' or '1'='1" },
    { kid: jku },
    { kid: ['one'] },
    { kid: null },
  ];
  for (const header of headers) {
    const answer = await exchange(await sign({}, header, attacker.privateKey));
    assert.equal(answer.status, 401, JSON.stringify(header));
    assert.deepEqual(Object.keys(answer.json), ['error'], JSON.stringify(header));
  }
  assert.equal(asked, 0, 'nothing is read from an address in a token');
  const ownKey = KeyObject.from(privateKey);
  const [, claims = ''] = (await sign()).split('.');
  const signedHeader = (header: Readonly<Record<string, unknown>>): string => {
    const head = Buffer.from(JSON.stringify({ alg: 'RS256', kid: 'one', ...header })).toString('base64url');
    const signed = `${head}.${claims}`;
    return `${signed}.${signBytes('sha256', Buffer.from(signed), ownKey).toString('base64url')}`;
  };
  assert.equal((await exchange(signedHeader({}))).status, 200);
  // The right key, but with demands that are not understood, or used in a way that it was not published for.
  for (const header of [
    { crit: ['exp'], exp: 1 },
    { crit: ['https://example.com/rule'], 'https://example.com/rule': true },
    { crit: [] },
    { crit: ['b64'], b64: false },
  ]) {
    assert.equal((await exchange(signedHeader(header))).status, 401, JSON.stringify(header));
  }
  for (const alg of ['PS256', 'RS512']) {
    assert.equal((await exchange(await sign({}, { alg }, ownKey))).status, 401, alg);
  }
  assert.equal((await exchange(await sign({}, { jwk, jku }))).status, 200, 'the key of the issuer counts');
  // An issuer that publishes a secret by mistake must not make tokens for whoever reads it.
  issuer.keys.set('shared', {
    kty: 'oct',
    kid: 'shared',
    alg: 'HS256',
    k: Buffer.alloc(32, 1).toString('base64url'),
  });
  const shared = await sign({}, { alg: 'HS256', kid: 'shared' }, Buffer.alloc(32, 1));
  assert.equal((await exchange(shared)).status, 401);
});

test('a key that the issuer adds is found, others are not', async (t) => {
  const { api, issuer, sign, exchange } = await openFederation(t);
  assert.equal((await exchange(await sign())).status, 200);
  const added = await issuer.addKey('two', 'ES256');
  const token = await sign({}, { alg: 'ES256', kid: 'two' }, added);
  assert.equal((await exchange(token)).status, 401);
  api.clock.advanceMs(30_000);
  assert.equal((await exchange(token)).status, 200);
  const stranger = (await generateKeyPair('RS256')).privateKey;
  assert.equal((await exchange(await sign({}, {}, stranger))).status, 401);
  assert.equal((await exchange(await sign({}, { kid: 'three' }, stranger))).status, 401);
});

test('tokens that prove nothing are refused', async (t) => {
  const { api, issuer, nowSeconds, sign, exchange } = await openFederation(t);
  await api.call('PUT', '/organization/acme/robots/other', { as: 'olga' });
  const unsigned = (claims: object, alg = 'none') =>
    [{ alg, kid: 'one' }, claims]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.');
  const good = { iss: issuer.url, sub: subject, exp: nowSeconds + 600 };
  // The public key as the secret of an HMAC, the oldest trick.
  const confused = await sign({}, { alg: 'HS256' }, Buffer.from(JSON.stringify(issuer.keys.get('one'))));
  const key = createPublicKey({ key: { ...issuer.keys.get('one') }, format: 'jwk' });
  const pem = Buffer.from(key.export({ type: 'spki', format: 'pem' }));
  const confusedByPem = await sign({}, { alg: 'HS256' }, pem);
  for (const [title, token, robot] of [
    ['another subject', await sign({ sub: 'repo:evil/app:ref:main' }), undefined],
    ['no subject', await sign({ sub: undefined }), undefined],
    ['another issuer', await sign({ iss: 'https://issuer.example' }), undefined],
    ['the issuer with a slash', await sign({ iss: `${issuer.url}/` }), undefined],
    ['no issuer', await sign({ iss: undefined }), undefined],
    ['expired', await sign({ exp: nowSeconds - 31 }), undefined],
    ['without expiration', await sign({ exp: undefined }), undefined],
    ['expiration that is no number', await sign({ exp: `${nowSeconds + 600}` }), undefined],
    ['not valid yet', await sign({ nbf: nowSeconds + 31 }), undefined],
    ['valid from no number on', await sign({ nbf: 'now' }), undefined],
    ['issuers in a list', await sign({ iss: [issuer.url] }), undefined],
    ['subjects in a list', await sign({ sub: [subject] }), undefined],
    ['unsigned, in other letters', `${unsigned(good, 'NONE')}.`, undefined],
    ['an empty signature', `${unsigned(good, 'RS256')}.`, undefined],
    ['a secret for a key, named', confusedByPem, undefined],
    ['unsigned', `${unsigned(good)}.`, undefined],
    ['a secret for a key', confused, undefined],
    ['a robot without identities', await sign(), 'acme+other'],
    ['no robot', await sign(), 'acme+nothing'],
    ['a person', await sign(), 'olga'],
    ['no token', 'nonsense', undefined],
    ['nothing', '', undefined],
  ] as const) {
    const answer = await exchange(token, robot);
    assert.equal(answer.status, 401, title);
    assert.deepEqual(Object.keys(answer.json), ['error'], title);
  }
  const without = await api.call('GET', '//oauth2/federation/robot/token');
  assert.equal(without.status, 401);
});

test('an issuer that answers for another, or not at all, proves nothing', async (t) => {
  const { issuer, sign, exchange } = await openFederation(t);
  issuer.state.name = 'https://issuer.example';
  assert.equal((await exchange(await sign())).status, 401);
  issuer.state.name = issuer.url;
  assert.equal((await exchange(await sign())).status, 200);
});

test('addresses of this machine are asked only when the operator allows it', async (t) => {
  const issuer = await openIssuer(t);
  const privateKey = await issuer.addKey('one', 'RS256');
  const { api, organizationId } = await openOrganization(t);
  await api.call('PUT', '/organization/acme/robots/ci', { as: 'olga' });
  const owner = { id: organizationId, uuid: '', name: 'acme' };
  await setRobotFederation(api.services, {
    owner,
    shortName: 'ci',
    federations: [{ issuer: issuer.url, subject }],
  });
  const token = await new SignJWT({ iss: issuer.url, sub: subject, exp: api.clock.nowMs() / 1000 + 600 })
    .setProtectedHeader({ alg: 'RS256', kid: 'one' })
    .sign(privateKey);
  const authorization = `Basic ${Buffer.from(`acme+ci:${token}`).toString('base64')}`;
  const answer = await api.call('GET', '//oauth2/federation/robot/token', { headers: { authorization } });
  assert.deepEqual([answer.status, issuer.state.asked], [401, 0]);
});
