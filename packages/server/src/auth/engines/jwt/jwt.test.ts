import assert from 'node:assert/strict';
import { createHmac, createPrivateKey } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { type TestContext, test } from 'node:test';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { manualClock } from '#/platform/clock.ts';
import { createOutboundHttp } from '#/platform/outbound-http.ts';
import { makeCertificates } from '#/testing/certificates.ts';
import { eachDatabase } from '#/testing/databases.ts';
import { needsPrograms } from '#/testing/find-program.ts';
import { type JwtAuthenticator, startJwtAuthenticator } from '#/testing/jwt-authenticator.ts';
import { openJwtEngine } from '#/testing/jwt-fixture.ts';
import { createTestServices } from '#/testing/services.ts';
import { checkJwt } from './check-jwt.ts';
import type { JwtConfig } from './jwt-config.ts';

const startMs = Date.UTC(2026, 0, 1);
const seconds = startMs / 1000;
const outbound = createOutboundHttp({ allowedHosts: [], blockedHosts: [], allowPrivateAddresses: false });

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

interface Attack {
  readonly title: string;
  readonly says: RegExp;
  readonly claims?: Readonly<Record<string, unknown>>;
  token?(claims: JWTPayload, authenticator: JwtAuthenticator): Promise<string> | string;
}

const attacks: readonly Attack[] = [
  {
    title: 'alg none',
    says: /RS256|no signed token/,
    token: (claims) => `${encode({ alg: 'none' })}.${encode(claims)}.`,
  },
  {
    title: 'HS256 with the public key as secret',
    says: /RS256/,
    token(claims, { publicKeyPem }) {
      const body = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
      return `${body}.${createHmac('sha256', publicKeyPem).update(body).digest('base64url')}`;
    },
  },
  {
    title: 'PS256 and the right key',
    says: /RS256/,
    token: (claims, { privateKey }) =>
      new SignJWT(claims).setProtectedHeader({ alg: 'PS256' }).sign(privateKey),
  },
  {
    title: 'a key of the attacker in the header jwk, with kid and jku',
    says: /signature/,
    async token(claims) {
      const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
      return new SignJWT(claims)
        .setProtectedHeader({
          alg: 'RS256',
          kid: '../../jwt-authn.cert',
          jku: 'http://127.0.0.1/keys',
          jwk: await exportJWK(publicKey),
        })
        .sign(privateKey);
    },
  },
  {
    title: 'an unknown critical header',
    says: /no signed token|not valid/,
    token: (claims, { sign }) => sign(claims, { alg: 'RS256' }).then((token) => withCritical(token)),
  },
  { title: 'for another registry', says: /"aud"/, claims: { aud: 'example.com' } },
  {
    title: 'of the query endpoint used to sign in',
    says: /"aud"/,
    claims: { aud: 'quay.io/jwtauthn/query' },
  },
  { title: 'without audience', says: /"aud"/, claims: { aud: undefined } },
  { title: 'of another issuer', says: /"iss"/, claims: { iss: 'https://people.example.com.evil' } },
  { title: 'without issuer', says: /"iss"/, claims: { iss: undefined } },
  { title: 'that expired', says: /expired/, claims: { iat: seconds - 200, exp: seconds - 31 } },
  { title: 'that never expires', says: /"exp"/, claims: { exp: undefined } },
  { title: 'without its time', says: /"iat"/, claims: { iat: undefined } },
  {
    title: 'from the future',
    says: /future/,
    claims: { iat: seconds + 60, nbf: undefined, exp: seconds + 120 },
  },
  { title: 'not valid yet', says: /"nbf"/, claims: { nbf: seconds + 60 } },
  { title: 'with too long a life', says: /JWT_AUTH_MAX_FRESH_S/, claims: { exp: seconds + 331 } },
];

function withCritical(token: string): string {
  const [, payload, signature] = token.split('.');
  return `${encode({ alg: 'RS256', crit: ['x'], x: 1 })}.${payload}.${signature}`;
}

eachDatabase('JWT engine', (open) => {
  const setUp = async (t: TestContext, changes: Partial<JwtConfig> = {}) => {
    const services = createTestServices({ database: await open(), clock: manualClock(startMs) });
    t.after(() => services.passwordHasher.close());
    const { engine, authenticator } = await openJwtEngine(t, services, changes);
    const verify = async (login: string, password: string): Promise<string> => {
      const result = await engine.verify(login, password);
      return 'account' in result ? result.account.name : `${result.refusal.code}: ${result.refusal.message}`;
    };
    return { services, engine, authenticator, verify };
  };

  for (const { title, says, claims, token } of attacks) {
    test(`a token ${title} signs nobody in`, async (t) => {
      const { verify, authenticator } = await setUp(t);
      authenticator.claims = claims ?? {};
      if (token !== undefined) authenticator.answer = (honest) => token(honest, authenticator);
      const outcome = await verify('alice', 'correct-horse');
      assert.match(outcome, /^directory_unavailable: The answer of the authentication service is not valid/);
      assert.match(outcome, says);
      authenticator.claims = {};
      authenticator.answer = undefined;
      // Nobody is backed off for it, and the service does not rest.
      assert.equal(await verify('alice', 'correct-horse'), 'alice');
    });
  }

  test('the token of somebody else, sent again, signs nobody in', async (t) => {
    const { verify, authenticator } = await setUp(t);
    authenticator.claims = { sub: 'bobby', email: 'bobby@example.com' };
    assert.match(
      await verify('alice', 'correct-horse'),
      /^invalid_credentials: The authentication service answered about/,
    );
  });

  test('the longest life is allowed, and clocks may differ by 30 s', async (t) => {
    const { verify, authenticator } = await setUp(t);
    authenticator.claims = { iat: seconds + 29, nbf: seconds + 29, exp: seconds + 329 };
    assert.equal(await verify('alice', 'correct-horse'), 'alice');
  });

  test('what the service says of a refusal is shown as bounded text', async (t) => {
    const { verify, authenticator } = await setUp(t);
    assert.equal(await verify('alice', 'wrong'), 'invalid_credentials: Invalid password');
    assert.equal(await verify('carol', 'wrong'), 'invalid_credentials: Unknown user');
    authenticator.refusal = { status: 403, body: '' };
    assert.equal(await verify('dave', 'wrong'), 'invalid_credentials: Invalid username or password');
    authenticator.refusal = { status: 403, body: `line\r\nSet-Cookie: a=b\u202e\u0000 ${'x'.repeat(5000)}` };
    const shown = await verify('erin', 'wrong');
    assert.match(shown, /^invalid_credentials: line Set-Cookie: a=b xxx/);
    assert.equal([...shown].length, 'invalid_credentials: '.length + 300);
    // In a name a colon would move the border to the password.
    authenticator.refusal = undefined;
    assert.equal(await verify('alice:correct', 'horse'), 'invalid_credentials: Username not found');
  });

  test('a failing service is no verdict', async (t) => {
    const { engine, authenticator } = await setUp(t);
    authenticator.refusal = { status: 502, body: 'Bad Gateway' };
    await assert.rejects(engine.verify('alice', 'correct-horse'), { code: 'directory_unavailable' });
  });

  test('with mail the token must hold an address', async (t) => {
    const { verify, authenticator } = await setUp(t, { emailRequired: true });
    authenticator.claims = { email: undefined };
    assert.equal(await verify('alice', 'correct-horse'), 'invalid_credentials: Missing email field in JWT');
    authenticator.claims = { sub: undefined };
    assert.equal(await verify('bobby', 'staple-battery'), 'invalid_credentials: Missing sub field in JWT');
  });

  test('people are sought and looked up', async (t) => {
    const { engine, authenticator } = await setUp(t);
    const alice = { username: 'alice', email: 'alice@example.com' };
    assert.deepEqual(await engine.people?.findPeople('al', 10), [alice]);
    assert.deepEqual(await engine.people?.findPeople('', 10), []);
    assert.deepEqual(await engine.people?.findPerson('alice'), alice);
    assert.deepEqual(await engine.people?.findPerson('alice@example.com'), alice);
    assert.equal(await engine.people?.findPerson('nobody'), undefined);
    authenticator.claims = { aud: 'quay.io/jwtauthn' };
    const calls = [() => engine.people?.findPeople('al', 10), () => engine.people?.findPerson('alice')];
    for (const call of calls) {
      await assert.rejects(async () => call(), { code: 'directory_unavailable' });
    }
  });

  test('without these endpoints nobody is sought', async (t) => {
    const { engine } = await setUp(t, { queryEndpoint: undefined, getUserEndpoint: undefined });
    assert.equal(engine.people, undefined);
    const queryOnly = await setUp(t, { getUserEndpoint: undefined });
    assert.equal((await queryOnly.engine.people?.findPerson('bobby'))?.email, 'bobby@example.com');
    const lookupOnly = await setUp(t, { queryEndpoint: undefined });
    assert.deepEqual(await lookupOnly.engine.people?.findPeople('al', 10), []);
  });

  test(
    'the key may be in a certificate, and a new one counts at once',
    needsPrograms('openssl'),
    async (t) => {
      const { engine, authenticator } = await setUp(t);
      const { certificate, key } = await makeCertificates('DNS:people.example.com');
      const other = createPrivateKey(await readFile(key));
      authenticator.answer = (claims) => new SignJWT(claims).setProtectedHeader({ alg: 'RS256' }).sign(other);
      const refused = await engine.verify('alice', 'correct-horse');
      assert.ok('refusal' in refused && /signature/.test(refused.refusal.message));
      await writeFile(authenticator.config.keyFile, await readFile(certificate));
      const accepted = await engine.verify('alice', 'correct-horse');
      assert.ok('account' in accepted);
    },
  );
});

test('a configuration is checked in order', async (t) => {
  const authenticator = await startJwtAuthenticator(
    [{ username: 'alice', password: 'correct-horse', email: 'alice@example.com' }],
    () => startMs,
  );
  t.after(() => authenticator.halt());
  const { config } = authenticator;
  const alice = { username: 'alice', password: 'correct-horse' };
  const check = (changes: object, superuser?: typeof alice) =>
    checkJwt({ ...config, ...changes }, { outbound, clock: manualClock(startMs) }, superuser);
  const without = { verifyEndpoint: '', issuer: '', keyFile: '/nowhere/jwt-authn.cert' };
  assert.match((await check(without)) ?? '', /^JWT_VERIFY_ENDPOINT is missing/);
  assert.match(
    (await check({ ...without, verifyEndpoint: config.verifyEndpoint })) ?? '',
    /^JWT_AUTH_ISSUER/,
  );
  assert.match((await check({ keyFile: without.keyFile })) ?? '', /^jwt-authn\.cert is missing/);
  assert.equal(await check({}), undefined);
  assert.equal(await check({}, alice), undefined);
  assert.match(
    (await check({}, { ...alice, password: 'wrong' })) ?? '',
    /^Verification of superuser alice failed: Invalid password$/,
  );
  assert.match(
    (await check({ getUserEndpoint: undefined }, alice)) ?? '',
    /^JWT_GETUSER_ENDPOINT is missing/,
  );
  assert.match((await check({ issuer: 'other' }, alice)) ?? '', /failed: the claim "iss"/);
  assert.equal(await check({ queryEndpoint: undefined, getUserEndpoint: undefined }, alice), undefined);
  await writeFile(config.keyFile, 'nonsense');
  assert.match((await check({}, alice)) ?? '', /neither a certificate nor a public key/);
  await writeFile(config.keyFile, authenticator.publicKeyPem);
  await authenticator.halt();
  assert.match((await check({})) ?? '', /cannot be reached/);
  assert.match((await check({}, alice)) ?? '', /failed: .*could not be reached/);
});
