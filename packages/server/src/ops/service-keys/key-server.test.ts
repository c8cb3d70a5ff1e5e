import assert from 'node:assert/strict';
import { createHmac, createPublicKey } from 'node:crypto';
import { test } from 'node:test';
import { listActionLogs } from '#/domain/logs/index.ts';
import { listUserNotifications } from '#/domain/user-notifications/index.ts';
import { type ApiFixture, openApi } from '#/testing/api-fixture.ts';
import { refuseWrites } from '#/testing/refuse-writes.ts';
import { ecPair, keyServerClient, rsaPair, type ServicePair } from '#/testing/service-token-client.ts';

const service = 'security_scanner';

async function setUp(t: Parameters<typeof openApi>[0], configuration = {}) {
  const api = await openApi(t, { configuration });
  const root = await api.createPerson('root', { superuser: true });
  await api.createPerson('hugo');
  const client = keyServerClient(api, service);
  const approve = (kid: string) =>
    api.call('POST', `/superuser/approvedkeys/${encodeURIComponent(kid)}`, { as: 'root' });
  const active = async (pair: ServicePair = rsaPair(), query = '') => {
    const put = await client.put(pair, { query });
    assert.equal(put.status, 202, put.text);
    assert.equal((await approve(pair.kid)).status, 201);
    return pair;
  };
  const asked = async () =>
    (await listUserNotifications(api.services, { accountId: root.id, page: 0, limit: 50 })).notifications;
  const logs = async (limit: number) => {
    const { entries } = await listActionLogs(api.services, {
      scope: { kind: 'registry' },
      fromMs: 0,
      untilMs: Number.MAX_SAFE_INTEGER,
      before: undefined,
      limit,
    });
    return entries.map(({ kind, metadata }) => ({ kind, metadata }));
  };
  return { api, client, approve, active, asked, logs };
}

const inSeconds = (api: ApiFixture, seconds: number) => Math.floor(api.clock.nowMs() / 1000) + seconds;

test('what jwtproxy does, step by step: hand in, wait, use, rotate, take back', async (t) => {
  const { api, client, approve, asked, logs } = await setUp(t);
  const first = rsaPair();
  assert.equal((await client.get(first.kid)).status, 404);
  const expiration = inSeconds(api, 24 * 3600);
  const query = `?expiration=${expiration}&rotation=43200`;
  const handedIn = await client.put(first, { query });
  assert.deepEqual([handedIn.status, handedIn.text], [202, '']);
  assert.equal((await client.get(first.kid)).status, 409);
  assert.deepEqual((await client.list()).json, { keys: [] });

  const [question] = await asked();
  assert.equal(question?.kind, 'service_key_submitted');
  assert.deepEqual(question?.metadata, {
    name: '',
    kid: first.kid,
    service,
    jwk: first.jwk,
    metadata: { ip: '127.0.0.1' },
    created_date: inSeconds(api, 0),
    expiration_date: expiration,
  });
  const from = { user_agent: 'KeyRegistryClient/0.1.0', ip: '127.0.0.1' };
  const about = (kid: string) => ({ kid, service, name: '', expiration_date: expiration });
  assert.deepEqual(await logs(1), [
    { kind: 'service_key_create', metadata: { ...about(first.kid), preshared: false, ...from } },
  ]);

  assert.equal((await approve(first.kid)).status, 201);
  assert.deepEqual(await asked(), []);
  const found = await client.get(first.kid);
  assert.deepEqual([found.status, found.json], [200, first.jwk]);
  assert.equal(found.headers['cache-control'], 'max-age=86400');
  assert.deepEqual((await client.list()).json, { keys: [first.jwk] });

  api.clock.advanceMs(43_200_000);
  assert.equal((await client.get(first.kid)).headers['cache-control'], 'max-age=43200');
  const second = rsaPair();
  const rotated = await client.put(second, { signer: first, query });
  assert.deepEqual([rotated.status, rotated.text], [200, '']);
  assert.deepEqual([(await client.get(first.kid)).status, (await client.get(second.kid)).status], [404, 200]);
  assert.deepEqual(await logs(1), [
    { kind: 'service_key_rotate', metadata: { ...about(second.kid), signer_kid: first.kid, ...from } },
  ]);
  const shown = await api.call('GET', `/superuser/keys/${encodeURIComponent(second.kid)}`, { as: 'root' });
  assert.deepEqual(shown.json.metadata, { created_by: 'Key Rotation', ip: '127.0.0.1' });
  assert.deepEqual([shown.json.rotation_duration, shown.json.approval.approver.name], [43_200, 'root']);

  const third = rsaPair();
  assert.equal((await client.put(third)).status, 202);
  const takenBack = await client.remove(third.kid, third);
  assert.deepEqual([takenBack.status, takenBack.text], [204, '']);
  assert.deepEqual([(await client.get(third.kid)).status, await asked()], [404, []]);
  assert.deepEqual((await logs(1))[0]?.metadata, {
    ...about(third.kid),
    expiration_date: null,
    signer_kid: third.kid,
    ...from,
  });
});

test('a key that ended is refused, and forgotten later', async (t) => {
  const { api, client, active } = await setUp(t);
  const pair = await active(rsaPair(), `?expiration=${inSeconds(api, 100)}`);
  assert.equal((await client.get(pair.kid)).headers['cache-control'], 'max-age=100');
  api.clock.advanceMs(100_000);
  assert.equal((await client.get(pair.kid)).status, 403);
  assert.deepEqual((await client.list()).json, { keys: [] });
  assert.equal((await client.put(rsaPair(), { signer: pair })).status, 403);
  assert.equal((await client.remove(pair.kid, pair)).status, 403);
  api.clock.advanceMs(604_800_000 + 1);
  assert.equal((await client.get(pair.kid)).status, 404);
});

test('a token must be made by the service, for this registry, now', async (t) => {
  const { api, client } = await setUp(t);
  const pair = rsaPair();
  const now = inSeconds(api, 0);
  const port = new URL(api.url).port;
  const cases: [string, NonNullable<Parameters<typeof client.put>[1]>][] = [
    ['another issuer', { parts: { claims: { iss: 'quay' } } }],
    ['another audience', { parts: { claims: { aud: 'https://other.example' } } }],
    ['an audience of another port', { parts: { claims: { aud: api.url.replace(port, '1') } } }],
    ['no audience', { parts: { claims: { aud: undefined } } }],
    ['expired', { parts: { claims: { exp: now - 61, iat: now - 300 } } }],
    ['not valid yet', { parts: { claims: { nbf: now + 61 } } }],
    ['from the future', { parts: { claims: { iat: now + 61 } } }],
    ['valid for too long', { parts: { claims: { exp: now + 3601 } } }],
    ['without exp', { parts: { claims: { exp: undefined } } }],
    ['without nbf', { parts: { claims: { nbf: undefined } } }],
    ['no algorithm', { parts: { header: { alg: 'none' } } }],
    ['another algorithm', { parts: { header: { alg: 'PS256' } } }],
    ['critical extensions', { parts: { header: { crit: ['b64'] } } }],
    ['signed by another key', { token: client.tokenOf(rsaPair(), { header: { kid: pair.kid } }) }],
    ['no token at all', { token: 'nothing' }],
  ];
  for (const [what, call] of cases) assert.equal((await client.put(pair, call)).status, 400, what);

  const publicPem = createPublicKey(pair.privateKey).export({ type: 'spki', format: 'pem' });
  const token = client.tokenOf(pair, { header: { alg: 'HS256' } });
  const signed = token.slice(0, token.lastIndexOf('.'));
  const confused = `${signed}.${createHmac('sha256', publicPem).update(signed).digest('base64url')}`;
  assert.equal((await client.put(pair, { token: confused })).status, 400, 'HMAC with the public key');

  const stranger = rsaPair();
  const injected = client.tokenOf(stranger, { header: { kid: pair.kid, jwk: stranger.jwk } });
  assert.equal((await client.put(pair, { token: injected })).status, 400, 'a key in the header');
  assert.equal((await client.get(pair.kid)).status, 404);
  assert.equal((await client.put(pair, { parts: { header: { kid: undefined } } })).status, 202, 'no kid');
});

test('only public keys of a useful kind are taken', async (t) => {
  const { api, client } = await setUp(t);
  const pair = rsaPair();
  const small = rsaPair(1024);
  const cases: [string, ServicePair, unknown, string?][] = [
    ['a private key', pair, pair.privateKey.export({ format: 'jwk' })],
    ['a secret', pair, { kty: 'oct', k: 'AAAA' }],
    ['no modulus', pair, { kty: 'RSA', e: 'AQAB' }],
    ['a list', pair, [pair.jwk]],
    ['a key with another id', pair, { ...pair.jwk, kid: 'other' }],
    ['a key for another algorithm', pair, { ...pair.jwk, alg: 'PS256' }],
    ['a key to encrypt with', pair, { ...pair.jwk, use: 'enc' }],
    ['a short key', small, small.jwk],
    ['an end in the past', pair, pair.jwk, `?expiration=${inSeconds(api, -1)}`],
    ['an end that is no number', pair, pair.jwk, '?expiration=tomorrow'],
    ['a rotation that is no number', pair, pair.jwk, '?rotation=daily'],
  ];
  for (const [what, key, body, query = ''] of cases) {
    assert.equal((await client.put(key, { body, query })).status, 400, what);
  }
  const badName = keyServerClient(api, 'Bad-Name');
  assert.equal((await badName.put(pair)).status, 400);
  const curve = ecPair();
  assert.equal((await client.put(curve)).status, 202);
  assert.equal((await client.put(curve)).status, 409);
  assert.equal((await client.remove(curve.kid, curve)).status, 204);
});

test('a key vouches for others of its service while it is approved and in force', async (t) => {
  const { api, client, active } = await setUp(t);
  const [pair, waiting, foreign] = [await active(), rsaPair(), rsaPair()];
  await client.put(waiting);
  const other = keyServerClient(api, 'other');
  await other.put(foreign);
  const next = rsaPair();
  assert.equal((await client.put(next, { signer: waiting })).status, 403, 'waits itself');
  assert.equal((await client.put(next, { signer: rsaPair() })).status, 403, 'unknown');
  assert.equal((await client.put(next, { signer: foreign })).status, 403, 'of another service');
  assert.equal((await client.remove(pair.kid, waiting)).status, 403, 'waits itself');
  assert.equal((await client.remove('unknown', pair)).status, 404);
  assert.equal((await client.remove(foreign.kid, pair)).status, 404, 'of another service');
  assert.equal((await client.remove(pair.kid, pair, { header: { kid: undefined } })).status, 400, 'no kid');
  const forged = { ...pair, privateKey: rsaPair().privateKey };
  assert.equal((await client.put(next, { signer: forged })).status, 400, 'a wrong signature');
  assert.equal((await client.remove(pair.kid, forged)).status, 400, 'a wrong signature');
  assert.equal((await other.get(pair.kid)).status, 404);
  assert.equal((await client.remove(waiting.kid, pair)).status, 204);
  assert.equal((await client.get(pair.kid)).status, 200);
});

test('without superusers nobody is asked', async (t) => {
  const { client, asked, api } = await setUp(t, { FEATURE_SUPER_USERS: false });
  assert.equal((await client.put(rsaPair())).status, 202);
  assert.deepEqual(await asked(), []);
  assert.equal((await api.call('GET', '/superuser/keys', { as: 'root' })).status, 404);
});

test('a read-only registry, or a database that takes no writes, takes and deletes no keys', async (t) => {
  const { api, client, active } = await setUp(t);
  const pair = await active();
  const tryAll = async (of: typeof client) =>
    [
      ['hand in', await of.put(rsaPair())],
      ['rotate', await of.put(rsaPair(), { signer: pair })],
      ['take back', await of.remove(pair.kid, pair)],
    ] as const;
  await refuseWrites(api.services.database);
  for (const [title, answer] of await tryAll(client)) {
    assert.equal(answer.status, 503, title);
    const error = 'The database takes no writes at present; pulls go on. Try again later.';
    assert.deepEqual([answer.json, answer.headers['retry-after']], [{ error }, '30'], title);
  }
  await api.close();
  const later = await openApi(t, {
    dataDirectory: api.dataDirectory,
    configuration: { REGISTRY_STATE: 'readonly' },
  });
  const laterClient = keyServerClient(later, service);
  for (const [title, answer] of await tryAll(laterClient)) {
    assert.equal(answer.status, 503, title);
    const error = 'The registry is read-only at present: nothing can be changed.';
    assert.deepEqual(answer.json, { error }, title);
  }
  assert.equal((await laterClient.put(rsaPair(), { token: 'nonsense' })).status, 503);
  assert.deepEqual(
    [(await laterClient.get(pair.kid)).json, (await laterClient.list()).status],
    [pair.jwk, 200],
  );
});
