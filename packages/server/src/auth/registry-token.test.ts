import assert from 'node:assert/strict';
import { createHmac, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { createServiceKey, deleteServiceKey, setServiceKeyExpiration } from '#/domain/service-keys/index.ts';
import { manualClock } from '#/platform/clock.ts';
import { createTestAuthSettings, openTestInstanceKey } from '#/testing/auth-fixture.ts';
import { eachDatabase } from '#/testing/databases.ts';
import { createTestServices } from '#/testing/services.ts';
import { openInstanceKey } from './instance-key.ts';
import { createRegistryTokens } from './registry-token.ts';
import { anonymousSubject, type Subject } from './subject.ts';

const startMs = Date.UTC(2026, 0, 1);
const audience = 'registry.example.com';
const alice: Subject = { kind: 'user', uuid: 'u-1', name: 'alice', stamp: 's1' };
const access = [{ type: 'repository', name: 'acme/app', actions: ['push', 'pull'] }] as const;
const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 });
const refused = { code: 'invalid_credentials' };

type Json = Readonly<Record<string, unknown>>;

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const decode = (segment: string | undefined): Record<string, unknown> =>
  JSON.parse(Buffer.from(segment ?? '', 'base64url').toString());
const bearer = (token: string): string => `Bearer ${token}`;
const forge = (header: Json, payload: unknown, key: KeyObject): string => {
  const signed = `${encode(header)}.${encode(payload)}`;
  return `${signed}.${sign('sha256', Buffer.from(signed), key).toString('base64url')}`;
};

eachDatabase('registry tokens', (open) => {
  const setUp = async (t: TestContext) => {
    const database = await open();
    const clock = manualClock(startMs);
    const services = createTestServices({ database, clock });
    const { settings, remove } = await createTestAuthSettings();
    t.after(remove);
    const instanceKey = await openTestInstanceKey(services, settings);
    const tokens = createRegistryTokens(services, settings, instanceKey);
    const issue = async (subject: Subject = alice) =>
      (await tokens.issue({ audience, subject, access })).token;
    const payload = decode((await issue()).split('.')[1]);
    return { services, clock, settings, instanceKey, tokens, issue, payload };
  };
  const addKey = (set: Awaited<ReturnType<typeof setUp>>, kid: string, more: Json = {}) => {
    const { kty, n, e } = createPublicKey(stranger.privateKey).export({ format: 'jwk' });
    return createServiceKey(set.services, {
      kid,
      service: 'quay',
      jwk: { kty, n, e },
      expiresMs: null,
      approval: { type: 'Automatic', approverId: null, notes: '' },
      retention: set.settings.instanceKey,
      ...more,
    });
  };

  test('a token says what Quay says', async (t) => {
    const { instanceKey, issue } = await setUp(t);
    const [header, payload] = (await issue()).split('.');
    assert.deepEqual(decode(header), { alg: 'RS256', typ: 'JWT', kid: instanceKey.current().kid });
    assert.deepEqual(decode(payload), {
      iss: 'quay',
      aud: audience,
      sub: 'alice',
      iat: startMs / 1000,
      nbf: startMs / 1000,
      exp: startMs / 1000 + 3600,
      access,
      context: {
        version: 2,
        entity_kind: 'user',
        entity_reference: 'u-1',
        kind: 'user',
        user: 'alice',
        subject: { uuid: 'u-1', stamp: 's1' },
        'com.apostille.roots': {},
        'com.apostille.root': '$disabled',
      },
    });
  });

  const subjects: readonly (readonly [Subject, string | null, Json])[] = [
    [
      anonymousSubject,
      '(anonymous)',
      { entity_kind: 'anonymous', entity_reference: null, kind: 'anonymous' },
    ],
    [alice, 'alice', { entity_kind: 'user', entity_reference: 'u-1', kind: 'user', user: 'alice' }],
    [
      { kind: 'robot', uuid: 'u-2', name: 'acme+ci', stamp: 's2' },
      'acme+ci',
      { entity_kind: 'robot', entity_reference: 'acme+ci', kind: 'user', user: 'acme+ci' },
    ],
    [
      { kind: 'app-token', uuid: 'a-1', accountName: 'alice' },
      'alice',
      { entity_kind: 'appspecifictoken', entity_reference: 'a-1', kind: 'user', user: 'alice' },
    ],
    [
      { kind: 'oauth-token', uuid: 'o-1', accountName: 'alice' },
      'alice',
      { entity_kind: 'oauthtoken', entity_reference: 'o-1', kind: 'oauth', user: 'alice', oauth: 'o-1' },
    ],
    [
      { kind: 'access-token', tokenName: 'T'.repeat(32) },
      null,
      { entity_kind: 'token', entity_reference: 'T'.repeat(32), kind: 'token', token: 'T'.repeat(32) },
    ],
  ];
  test('a token of every kind comes back', async (t) => {
    const { tokens, issue } = await setUp(t);
    for (const [subject, sub, context] of subjects) {
      const token = await issue(subject);
      const payload = decode(token.split('.')[1]);
      assert.equal(payload.sub, sub, subject.kind);
      assert.partialDeepStrictEqual(payload.context, context);
      const claims = await tokens.verify(bearer(token), audience);
      assert.deepEqual(claims.subject, subject);
      assert.deepEqual(claims.access, access);
      assert.deepEqual(await tokens.verify(`bEARER   ${token} `, audience), claims);
    }
  });

  test('hundreds of scopes stay small', async (t) => {
    const { tokens } = await setUp(t);
    const many = Array.from({ length: 100 }, (_, i) => ({ ...access[0], name: `acme/application-${i}` }));
    const { token } = await tokens.issue({ audience, subject: alice, access: many });
    assert.ok(token.length < 16 * 1024, `${token.length}`);
    assert.equal((await tokens.verify(bearer(token), audience)).access.length, 100);
  });

  test('the longest token is usable, a longer one is not made (H-7, H-70)', async (t) => {
    const { tokens } = await setUp(t);
    const entry = { ...access[0], name: `acme/${'a'.repeat(250)}` };
    const issueWith = (count: number) =>
      tokens.issue({ audience, subject: alice, access: Array.from({ length: count }, () => entry) });
    const { token } = await issueWith(70);
    assert.ok(token.length > 24 * 1024 && token.length <= 31 * 1024, `${token.length}`);
    assert.equal((await tokens.verify(bearer(token), audience)).access.length, 70);
    await assert.rejects(issueWith(100), { code: 'invalid_request' });
  });

  const header = (kid: string): Json => ({ alg: 'RS256', typ: 'JWT', kid });
  const hostile: readonly (readonly [
    string,
    (set: Awaited<ReturnType<typeof setUp>>) => Promise<string> | string,
  ])[] = [
    ['no token', () => 'Bearer'],
    ['basic', () => `Basic ${Buffer.from('a:b').toString('base64')}`],
    ['two segments', () => 'Bearer aa.bb'],
    ['four segments', () => 'Bearer aa.bb.cc.dd'],
    ['padding', () => 'Bearer aa==.bb.cc'],
    ['header not JSON', () => 'Bearer aa.bb.cc'],
    ['header is a list', ({ payload }) => bearer(`${encode([])}.${encode(payload)}.cc`)],
    [
      'alg none',
      ({ instanceKey, payload }) =>
        bearer(`${encode({ alg: 'none', kid: instanceKey.current().kid })}.${encode(payload)}.cc`),
    ],
    [
      'another alg over a right signature',
      ({ instanceKey, payload }) => {
        const { kid, privateKey } = instanceKey.current();
        return bearer(forge({ ...header(kid), alg: 'RS512' }, payload, privateKey));
      },
    ],
    [
      'HS256 with the public key as secret',
      ({ instanceKey, payload }) => {
        const { kid, privateKey } = instanceKey.current();
        const pem = createPublicKey(privateKey).export({ type: 'spki', format: 'pem' });
        const signed = `${encode({ alg: 'HS256', typ: 'JWT', kid })}.${encode(payload)}`;
        return bearer(`${signed}.${createHmac('sha256', pem).update(signed).digest('base64url')}`);
      },
    ],
    [
      'a jwk in the header',
      ({ instanceKey, payload }) => {
        const jwk = stranger.publicKey.export({ format: 'jwk' });
        return bearer(forge({ ...header(instanceKey.current().kid), jwk }, payload, stranger.privateKey));
      },
    ],
    [
      'a jwk in the header and a kid of its own',
      ({ payload }) => {
        const jwk = stranger.publicKey.export({ format: 'jwk' });
        return bearer(
          forge({ ...header('mine'), jwk, jku: 'http://127.0.0.1/' }, payload, stranger.privateKey),
        );
      },
    ],
    [
      'critical extensions',
      ({ instanceKey, payload }) => {
        const { kid, privateKey } = instanceKey.current();
        return bearer(forge({ ...header(kid), crit: ['b64'], b64: false }, payload, privateKey));
      },
    ],
    [
      'no kid',
      ({ instanceKey, payload }) =>
        bearer(forge({ alg: 'RS256' }, payload, instanceKey.current().privateKey)),
    ],
    ['an unknown kid', ({ payload }) => bearer(forge(header('nobody'), payload, stranger.privateKey))],
    [
      'the key of another service',
      async (set) => {
        await addKey(set, 'scanner', { service: 'security_scanner' });
        return bearer(forge(header('scanner'), set.payload, stranger.privateKey));
      },
    ],
    [
      'an unapproved key',
      async (set) => {
        await addKey(set, 'waiting', { approval: undefined });
        return bearer(forge(header('waiting'), set.payload, stranger.privateKey));
      },
    ],
    [
      'an expired key',
      async (set) => {
        await addKey(set, 'old', { expiresMs: startMs });
        return bearer(forge(header('old'), set.payload, stranger.privateKey));
      },
    ],
    [
      'edited access',
      async ({ issue }) => {
        const [head, body, signature] = (await issue()).split('.');
        const edited = { ...decode(body), access: [{ ...access[0], name: 'acme/secret' }] };
        return bearer(`${head}.${encode(edited)}.${signature}`);
      },
    ],
    ['too long a token', async ({ issue }) => bearer(`${await issue()}${'A'.repeat(32 * 1024)}`)],
    [
      'malformed UTF-8 in the payload',
      ({ instanceKey }) => {
        const { kid, privateKey } = instanceKey.current();
        const signed = `${encode(header(kid))}.${Buffer.from([0x22, 0xc3, 0x28, 0x22]).toString('base64url')}`;
        return bearer(`${signed}.${sign('sha256', Buffer.from(signed), privateKey).toString('base64url')}`);
      },
    ],
  ];
  test('hostile tokens are refused', async (t) => {
    const set = await setUp(t);
    for (const [title, make] of hostile) {
      await assert.rejects(set.tokens.verify(await make(set), audience), refused, title);
    }
    await set.tokens.verify(bearer(await set.issue()), audience);
  });

  const nowSeconds = startMs / 1000;
  const badClaims: readonly (readonly [string, Json])[] = [
    ['another audience', { aud: 'evil.example.com' }],
    ['several audiences', { aud: [audience] }],
    ['another issuer', { iss: 'security_scanner' }],
    ['expired', { iat: nowSeconds - 3700, nbf: nowSeconds - 3700, exp: nowSeconds - 30 }],
    ['too long a life', { exp: nowSeconds + 3661 }],
    ['issued in the future', { iat: nowSeconds + 31 }],
    ['not valid yet', { nbf: nowSeconds + 31 }],
    ['no exp', { exp: undefined }],
    ['no iat', { iat: undefined }],
    ['no nbf', { nbf: undefined }],
    ['no sub', { sub: undefined }],
    ['text for exp', { exp: String(nowSeconds + 60) }],
    ['another resource type', { access: [{ type: 'registry', name: 'catalog', actions: ['*'] }] }],
    ['another action', { access: [{ ...access[0], actions: ['admin'] }] }],
    ['access not a list', { access: {} }],
    ['no context', { context: undefined }],
    ['another context version', { context: { version: 1 } }],
  ];
  test('signed tokens with bad claims are refused', async (t) => {
    const { instanceKey, tokens, payload } = await setUp(t);
    const { kid, privateKey } = instanceKey.current();
    await tokens.verify(bearer(forge(header(kid), payload, privateKey)), audience);
    for (const [title, changes] of badClaims) {
      const token = forge(header(kid), { ...payload, ...changes }, privateKey);
      await assert.rejects(tokens.verify(bearer(token), audience), refused, title);
    }
  });

  test('a user without a stamp is refused', async (t) => {
    const { instanceKey, tokens, payload } = await setUp(t);
    const { kid, privateKey } = instanceKey.current();
    const context = { ...(payload.context as Json), subject: undefined };
    const token = forge(header(kid), { ...payload, context }, privateKey);
    await assert.rejects(tokens.verify(bearer(token), audience), refused);
  });

  test('clocks of nodes may differ by 30 seconds', async (t) => {
    const { instanceKey, tokens, payload } = await setUp(t);
    const { kid, privateKey } = instanceKey.current();
    const times = { iat: nowSeconds + 30, nbf: nowSeconds + 30, exp: nowSeconds + 3630 };
    await tokens.verify(bearer(forge(header(kid), { ...payload, ...times }, privateKey)), audience);
  });

  test('a cached token is checked again for time, audience and key', async (t) => {
    const { clock, tokens, issue, services, instanceKey } = await setUp(t);
    const token = bearer(await issue());
    await tokens.verify(token, audience);
    await assert.rejects(tokens.verify(token, 'evil.example.com'), refused);
    clock.advanceMs(3_629_000);
    await tokens.verify(token, audience);
    clock.advanceMs(1000);
    await assert.rejects(tokens.verify(token, audience), /expired/);
    const next = bearer(await issue());
    await tokens.verify(next, audience);
    await deleteServiceKey(services, { service: 'quay', kid: instanceKey.current().kid });
    await assert.rejects(tokens.verify(next, audience), /no longer in use/);
  });

  test('a key that another node deletes stops within 5 seconds', async (t) => {
    const { clock, tokens, issue, services, instanceKey } = await setUp(t);
    const token = bearer(await issue());
    await tokens.verify(token, audience);
    const elsewhere = createTestServices({ database: services.database, clock });
    await deleteServiceKey(elsewhere, { service: 'quay', kid: instanceKey.current().kid });
    clock.advanceMs(5000);
    await assert.rejects(tokens.verify(token, audience), refused);
  });

  test('a key that ends while it is cached stops at its end', async (t) => {
    const { clock, tokens, issue, services, instanceKey } = await setUp(t);
    const token = bearer(await issue());
    const { kid } = instanceKey.current();
    await setServiceKeyExpiration(services, { service: 'quay', kid, expiresMs: startMs + 2000 });
    await tokens.verify(token, audience);
    clock.advanceMs(2000);
    await assert.rejects(tokens.verify(token, audience), refused);
  });

  test('tokens of another node are accepted, also right after its key was made', async (t) => {
    const { clock, settings, tokens, issue, services } = await setUp(t);
    await tokens.verify(bearer(await issue()), audience);
    const other = await createTestAuthSettings();
    t.after(other.remove);
    const node = createTestServices({ database: services.database, clock });
    const nodeKey = await openInstanceKey(node, other.settings.instanceKey);
    const nodeTokens = createRegistryTokens(node, settings, nodeKey);
    const { token } = await nodeTokens.issue({ audience, subject: alice, access });
    clock.advanceMs(500);
    assert.deepEqual((await tokens.verify(bearer(token), audience)).subject, alice);
  });

  test('unknown key ids do not query the database each time', async (t) => {
    const { services, settings, instanceKey, payload, clock } = await setUp(t);
    let queries = 0;
    const counted = {
      ...services,
      database: {
        ...services.database,
        get read() {
          queries += 1;
          return services.database.read;
        },
      },
    };
    const tokens = createRegistryTokens(counted, settings, instanceKey);
    const flood = async () => {
      for (let i = 0; i < 50; i += 1) {
        const token = forge(header(`unknown-${i}`), payload, stranger.privateKey);
        await assert.rejects(tokens.verify(bearer(token), audience), refused);
      }
    };
    await flood();
    assert.equal(queries, 1);
    clock.advanceMs(500);
    await flood();
    assert.equal(queries, 2);
  });

  test('tokens survive a rotation, and a vanished key is replaced when the next token is made', async (t) => {
    const { tokens, issue, services, instanceKey } = await setUp(t);
    const old = bearer(await issue());
    await instanceKey.rotate();
    const next = bearer(await issue());
    await tokens.verify(old, audience);
    await tokens.verify(next, audience);
    const { kid } = instanceKey.current();
    await deleteServiceKey(services, { service: 'quay', kid });
    await tokens.verify(bearer(await issue()), audience);
    assert.notEqual(instanceKey.current().kid, kid);
  });
});
