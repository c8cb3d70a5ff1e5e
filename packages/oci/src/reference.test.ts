import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseDigest } from './digest.ts';
import { fallbackTagName, findReference, parseFallbackTagName, parseReference } from './reference.ts';

const hex64 = 'ab'.repeat(32);

test('a colon makes a reference a digest', () => {
  assert.deepEqual(parseReference('v1'), { tag: 'v1' });
  assert.deepEqual(parseReference(`sha256:${hex64}`), { digest: `sha256:${hex64}` });
  assert.throws(() => parseReference('sha256:baddigeststring'), { reason: 'digest_malformed' });
  assert.throws(() => parseReference('.bad'), { reason: 'tag_invalid' });
  assert.equal(findReference('sha256:baddigeststring'), undefined);
  assert.equal(findReference('.bad'), undefined);
  assert.deepEqual(findReference('v1'), { tag: 'v1' });
});

test('the fallback tag cuts the hex part to 64 characters', () => {
  assert.equal(fallbackTagName(parseDigest(`sha256:${hex64}`)), `sha256-${hex64}`);
  const sha512 = parseDigest(`sha512:${'01'.repeat(64)}`);
  assert.equal(fallbackTagName(sha512), `sha512-${'01'.repeat(32)}`);
});

test('a fallback tag leads back to its digests', () => {
  assert.deepEqual(parseFallbackTagName(`sha256-${hex64}`), { algorithm: 'sha256', encodedPrefix: hex64 });
  assert.deepEqual(parseFallbackTagName(`sha512-${hex64}`), { algorithm: 'sha512', encodedPrefix: hex64 });
  for (const tag of ['latest', `sha256-${hex64}.sig`, `sha1-${hex64}`, `sha256-${hex64.slice(1)}`]) {
    assert.equal(parseFallbackTagName(tag), undefined);
  }
});
