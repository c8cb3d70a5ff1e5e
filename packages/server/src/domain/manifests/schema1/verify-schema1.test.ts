import assert from 'node:assert/strict';
import { createHash, createPrivateKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseManifest } from '@wharf/oci';
import { dockerKeyId, readVerificationKey } from './signing-key.ts';
import { unsignSchema1, verifySchema1 } from './verify-schema1.ts';

/** Pushed by skopeo 1.9 with --format v2s1: ES256, its key made for the occasion. */
const fixture = readFileSync(join(import.meta.dirname, 'fixtures/signed-by-skopeo.prettyjws'));
const fixtureText = fixture.toString('utf8');
const fixtureBody = JSON.parse(fixtureText) as { signatures: [Entry] };

interface Entry {
  header: { jwk: Record<string, string>; alg: string };
  signature: string;
  protected: string;
}

test('what skopeo signs is verified, and its payload has the digest that skopeo computes', () => {
  const payload = verifySchema1(fixture);
  assert.equal(
    createHash('sha256').update(payload).digest('hex'),
    '51728df33c55f23c7b837c21cf58ab2ac3e8b3f59d0a7accbfe99c893453f7a2',
  );
  assert.deepEqual(unsignSchema1(fixture), payload);
  const parsed = parseManifest(undefined, payload);
  assert.ok(parsed.kind === 'schema1' && parsed.name === 'acme/app' && parsed.tag === 'v1');
});

test("Docker's name of a key is computed as Docker does", () => {
  const { jwk, alg } = fixtureBody.signatures[0].header;
  assert.equal(dockerKeyId(readVerificationKey(jwk, alg).key), jwk.kid);
});

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;

interface Forgery {
  readonly head?: string;
  readonly tail?: string;
  readonly rest?: string;
  readonly key?: KeyObject;
  readonly alg?: string;
  readonly jwk?: Record<string, unknown>;
  readonly protectedHeader?: Record<string, unknown>;
  readonly entries?: (entry: Entry) => unknown;
}

const head = '{"schemaVersion":1,"name":"acme/app","tag":"v1"';

/** A manifest that is correctly signed with RS256 but for what the caller changes. */
function forge(change: Forgery): Buffer {
  const start = change.head ?? head;
  const tail = change.tail ?? '}';
  const protectedText = encode({
    formatLength: Buffer.byteLength(start),
    formatTail: Buffer.from(tail).toString('base64url'),
    ...change.protectedHeader,
  });
  const key = change.key ?? rsa;
  const signed = Buffer.from(`${protectedText}.${Buffer.from(start + tail).toString('base64url')}`);
  const jwk = { ...key.export({ format: 'jwk' }), ...change.jwk };
  const entry = {
    header: { jwk, alg: change.alg ?? 'RS256' },
    signature: sign('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }).toString('base64url'),
    protected: protectedText,
  } as Entry;
  const signatures = change.entries === undefined ? [entry] : change.entries(entry);
  return Buffer.from(`${start}${change.rest ?? ''},"signatures":${JSON.stringify(signatures)}}`);
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

test('RS256 and several signatures are verified', () => {
  assert.equal(verifySchema1(forge({})).toString(), `${head}}`);
  assert.equal(
    verifySchema1(forge({ tail: '\n}', entries: (entry) => [entry, entry] })).toString(),
    `${head}\n}`,
  );
});

for (const [alg, namedCurve, hash] of [
  ['ES256', 'P-256', 'sha256'],
  ['ES384', 'P-384', 'sha384'],
  ['ES512', 'P-521', 'sha512'],
] as const) {
  test(`${alg} is verified`, () => {
    const key = generateKeyPairSync('ec', { namedCurve }).privateKey;
    const bytes = forge({
      key,
      alg,
      entries: (entry) => {
        const signed = Buffer.from(`${entry.protected}.${Buffer.from(`${head}}`).toString('base64url')}`);
        const signature = sign(hash, signed, { key, dsaEncoding: 'ieee-p1363' }).toString('base64url');
        return [{ ...entry, signature }];
      },
    });
    assert.equal(verifySchema1(bytes).toString(), `${head}}`);
  });
}

const small = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;
const elliptic = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const otherKey = createPrivateKey(
  generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }),
);

const refused: readonly (readonly [title: string, bytes: Buffer, message: RegExp])[] = [
  ['a changed layer', Buffer.from(fixtureText.replace('5fd653cb', '6fd653cb')), /changed after/],
  ['a changed tag', Buffer.from(fixtureText.replace('"tag":"v1"', '"tag":"v2"')), /changed after/],
  ['a field put between payload and signatures', forge({ rest: ',"fsLayers":[]' }), /another manifest/],
  ['a field replaced behind the payload', forge({ rest: ',"tag":"v2"' }), /another manifest/],
  ['a payload that says more', forge({ tail: ',"fsLayers":[]}' }), /formatTail/],
  ['a payload that says less', forge({ rest: ' ', protectedHeader: { formatLength: 1 } }), /changed after/],
  ['the key of somebody else', forge({ jwk: { ...otherKey.export({ format: 'jwk' }) } }), /changed after/],
  [
    'a second signature that is bad',
    forge({ entries: (entry) => [entry, { ...entry, signature: 'AAAA' }] }),
    /changed after/,
  ],
  ['no signature', forge({ entries: () => [] }), /1 to 8/],
  ['signatures that are no array', forge({ entries: () => ({}) }), /1 to 8/],
  ['too many signatures', forge({ entries: (entry) => Array(9).fill(entry) }), /1 to 8/],
  ['an entry that is no object', forge({ entries: () => [5] }), /must be an object/],
  ['an entry without header', forge({ entries: ({ header: _, ...entry }) => [entry] }), /"jwk" and "alg"/],
  [
    'an entry without protected part',
    forge({ entries: ({ protected: _, ...entry }) => [entry] }),
    /"protected" must be a string/,
  ],
  [
    'padding in the signature',
    forge({ entries: (entry) => [{ ...entry, signature: `${entry.signature}=` }] }),
    /must be base64url/,
  ],
  [
    'an over-long protected part',
    forge({ protectedHeader: { x: 'y'.repeat(5000) } }),
    /"protected" must be base64url/,
  ],
  ['the algorithm none', forge({ alg: 'none' }), /only RS256/],
  ['an HMAC', forge({ alg: 'HS256' }), /only RS256/],
  ['an inherited algorithm name', forge({ alg: 'constructor' }), /only RS256/],
  ['an EC key used as RSA', forge({ key: elliptic }), /"kty" of the key must be RSA/],
  ['an RSA key used as EC', forge({ alg: 'ES256' }), /"kty" of the key must be EC/],
  ['a curve of another algorithm', forge({ key: elliptic, alg: 'ES384' }), /"crv"/],
  [
    'a point that is not on the curve',
    forge({ key: elliptic, alg: 'ES256', jwk: { x: 'A'.repeat(43) } }),
    /the key is none|changed after/,
  ],
  ['a short RSA key', forge({ key: small }), /2048 to 8192/],
  ['a huge RSA key', forge({ jwk: { n: Buffer.alloc(1200, 0xff).toString('base64url') } }), /2048 to 8192/],
  ['a long RSA exponent', forge({ jwk: { e: Buffer.alloc(64, 0xff).toString('base64url') } }), /exponent/],
  ['no RSA exponent', forge({ jwk: { e: '' } }), /exponent/],
  ['a length beyond the end', forge({ protectedHeader: { formatLength: 1e6 } }), /beyond the end/],
  ['a negative length', forge({ protectedHeader: { formatLength: -1 } }), /positive whole number/],
  [
    'entries that disagree',
    forge({
      entries: (entry) => [entry, { ...entry, protected: encode({ formatLength: 5, formatTail: 'fQ' }) }],
    }),
    /disagree/,
  ],
];

for (const [title, bytes, message] of refused) {
  test(`refused: ${title}`, () => {
    assert.throws(() => verifySchema1(bytes), { code: 'manifest_unverified', message });
  });
}

test('a protected part or manifest that is no JSON is refused as malformed', () => {
  const entries = (entry: Entry) => [{ ...entry, protected: 'AAAA' }];
  assert.throws(() => verifySchema1(forge({ entries })), { code: 'manifest_invalid' });
  assert.throws(() => verifySchema1(Buffer.from('[')), { code: 'manifest_invalid' });
});
