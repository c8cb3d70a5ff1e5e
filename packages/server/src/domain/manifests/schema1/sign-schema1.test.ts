import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { mediaTypes, parseDigest, parseManifest } from '@wharf/oci';
import { retagSchema1 } from './retag-schema1.ts';
import { contentOfSchema1, formatSchema1, type Schema1Content } from './schema1-content.ts';
import { signSchema1 } from './sign-schema1.ts';
import { verifySchema1 } from './verify-schema1.ts';

const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const signedAtMs = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
const content: Schema1Content = {
  name: 'acme/app',
  tag: 'v1',
  architecture: 'arm64',
  layers: [
    {
      digest: parseDigest(`sha256:${'a'.repeat(64)}`),
      v1Compatibility: '{"id":"top","parent":"base","x":"\\n}é"}',
    },
    { digest: parseDigest(`sha256:${'b'.repeat(64)}`), v1Compatibility: '{"id":"base"}' },
  ],
};

test('the unsigned form has its keys in order, three blanks a level', () => {
  const text = formatSchema1(content).toString();
  assert.deepEqual(Object.keys(JSON.parse(text)), [
    'tag',
    'name',
    'architecture',
    'schemaVersion',
    'history',
    'fsLayers',
  ]);
  assert.ok(text.startsWith('{\n   "tag": "v1",\n'));
  const parsed = parseManifest(mediaTypes.schema1, text);
  assert.ok(parsed.kind === 'schema1');
  assert.deepEqual(contentOfSchema1(parsed), content);
});

test('the signed form verifies, and its payload is the unsigned form', () => {
  const { bytes, payload } = signSchema1(content, key, signedAtMs);
  assert.deepEqual(verifySchema1(bytes), payload);
  assert.deepEqual(payload, formatSchema1(content));
  const parsed = parseManifest(mediaTypes.schema1Signed, bytes);
  assert.ok(parsed.kind === 'schema1-signed');
  assert.deepEqual(contentOfSchema1(parsed), content);
  const { signatures } = JSON.parse(bytes.toString()) as {
    signatures: [{ protected: string; header: { jwk: object } }];
  };
  const stated = JSON.parse(Buffer.from(signatures[0].protected, 'base64url').toString()) as { time: string };
  assert.equal(stated.time, '2026-01-02T03:04:05Z');
  assert.deepEqual(Object.keys(signatures[0].header.jwk), ['e', 'kid', 'kty', 'n']);
});

test('a copy under another tag is signed again, or stays unsigned', () => {
  const signed = parseManifest(undefined, signSchema1(content, key, signedAtMs).bytes);
  assert.ok(signed.kind === 'schema1-signed');
  const copy = retagSchema1({ manifest: signed, tag: 'v2', key, signedAtMs });
  assert.deepEqual(verifySchema1(copy.bytes), formatSchema1({ ...content, tag: 'v2' }));
  const unsigned = parseManifest(undefined, formatSchema1(content));
  assert.ok(unsigned.kind === 'schema1');
  const plain = retagSchema1({ manifest: unsigned, tag: 'v2', key, signedAtMs });
  assert.deepEqual(plain.bytes, formatSchema1({ ...content, tag: 'v2' }));
  assert.deepEqual(plain.payload, plain.bytes);
});

const hasSkopeo = spawnSync('skopeo', ['--version']).status === 0;
const skip = hasSkopeo || process.env.REQUIRE_ALL === '1' ? false : 'skopeo is not installed';

test('skopeo takes the same digest of what is signed here', { skip }, () => {
  const directory = mkdtempSync(join(tmpdir(), 'schema1-'));
  try {
    const { bytes, payload } = signSchema1(content, key, signedAtMs);
    const file = join(directory, 'manifest.json');
    writeFileSync(file, bytes);
    const digest = execFileSync('skopeo', ['manifest-digest', file], { encoding: 'utf8', timeout: 30_000 });
    assert.equal(digest.trim(), `sha256:${createHash('sha256').update(payload).digest('hex')}`);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
