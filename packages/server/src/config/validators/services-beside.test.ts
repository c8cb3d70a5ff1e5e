import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { type JWTPayload, jwtVerify, SignJWT } from 'jose';
import type { Configuration } from '#/config/configuration.ts';
import { type LocalAnswer, startLocalServer } from '#/testing/local-server.ts';
import { reasonOf } from '#/testing/validation.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const signToken = (claims: JWTPayload): Promise<string> =>
  new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'one' }).sign(privateKey);
const verifies = (token: string, audience: string) =>
  jwtVerify(token, publicKey, { issuer: 'quay', audience }).then(
    ({ payload }) => payload,
    () => undefined,
  );

test('bittorrent, against a double that checks as a tracker with a JWT hook does', async (t) => {
  let answer: LocalAnswer | undefined;
  const tracker = await startLocalServer(t, async ({ url }) => {
    if (answer !== undefined) return answer;
    if (url.pathname !== '/announce') return undefined;
    const payload = await verifies(url.searchParams.get('jwt') ?? '', `${tracker.url}/announce`);
    const rawHash = /[?&]info_hash=([^&]*)/.exec(url.search)?.[1] ?? '';
    const hash = rawHash.replaceAll('%', '');
    if (payload?.infohash !== hash || hash.length !== 40)
      return { body: 'd14:failure reason26:unapproved request: invalid jwte' };
    if (url.searchParams.get('peer_id')?.length !== 20 || url.searchParams.get('port') !== '80')
      return { body: 'd14:failure reason11:bad requeste' };
    return { body: 'd8:completei0e10:incompletei0e8:intervali1800e5:peers0:e' };
  });
  const check = (changes: object = {}, signs = true) =>
    reasonOf(
      'bittorrent',
      { FEATURE_BITTORRENT: true, BITTORRENT_ANNOUNCE_URL: `${tracker.url}/announce`, ...changes },
      signs ? { signToken } : {},
    );
  assert.equal(await check(), '');
  assert.equal(await check({ FEATURE_BITTORRENT: false, BITTORRENT_ANNOUNCE_URL: null }), '');
  assert.match(await check({ BITTORRENT_ANNOUNCE_URL: null }), /^BITTORRENT_ANNOUNCE_URL is missing/);
  assert.match(await check({ BITTORRENT_ANNOUNCE_URL: tracker.url }), /usually ends in \/announce/);
  assert.match(await check({}, false), /refuses the token of this registry/);
  assert.match(
    await check({ BITTORRENT_ANNOUNCE_URL: 'http://127.0.0.1:1/announce' }),
    /nothing listens there/,
  );
  for (const [given, expected] of [
    [{ status: 500, body: 'oops' }, /unexpected way: it failed with status 500/],
    [{ status: 418, body: '' }, /status 418/],
    [{ body: 'd14:failure reason12:not approvede' }, /^The tracker refuses: not approved$/],
    [{ body: '# HELP go_goroutines Number\ngo_goroutines 7\n' }, /port with the metrics/],
  ] as const) {
    answer = given;
    assert.match(await check(), expected);
  }
});

test('security-scanner, against a double of Clair behind its verifying proxy', async (t) => {
  let failures = 0;
  const clair = await startLocalServer(t, async ({ url, headers }) => {
    const token = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1] ?? '';
    if ((await verifies(token, clair.url)) === undefined) return { status: 403, body: 'unsigned' };
    if (url.pathname !== '/v1/metrics') return { status: 404, body: 'no such page' };
    failures -= 1;
    return failures >= 0 ? { status: 503, body: 'starting' } : { body: 'clair_queue 0\n' };
  });
  const keys = { FEATURE_SECURITY_SCANNER: true, SECURITY_SCANNER_ENDPOINT: clair.url };
  const check = (changes: object = {}, options: object = { signToken }) =>
    reasonOf('security-scanner', { ...keys, ...changes }, options);
  assert.equal(await check(), '');
  failures = 1;
  assert.equal(await check(), '', 'a scanner that is starting is asked again');
  const off = { interface: { featureSecurityScanner: false } } as Configuration;
  assert.equal(await check({ SECURITY_SCANNER_ENDPOINT: 'http://127.0.0.1:1' }, { running: off }), '');
  assert.match(await check({ SECURITY_SCANNER_ENDPOINT: null }), /^SECURITY_SCANNER_ENDPOINT is missing/);
  const unsigned = check({}, {});
  const elsewhere = check({ SECURITY_SCANNER_ENDPOINT: `${clair.url}/elsewhere` });
  const closed = check({ SECURITY_SCANNER_ENDPOINT: 'http://127.0.0.1:1' });
  assert.match(await unsigned, /cannot be pinged: it answered with status 403: unsigned/);
  assert.match(await elsewhere, /status 404: no such page/);
  assert.match(await closed, /cannot be pinged: .*nothing listens there/);
});
