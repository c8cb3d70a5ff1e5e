import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  digestAlgorithm,
  digestEncoded,
  findDigest,
  isDigestLike,
  makeDigest,
  parseDigest,
} from './digest.ts';
import { OciParseError } from './parse-error.ts';

const hex64 = '0123456789abcdef'.repeat(4);
const hex128 = hex64 + hex64;

test('well-formed digests of the supported algorithms are taken apart', () => {
  const sha256 = parseDigest(`sha256:${hex64}`);
  assert.equal(digestAlgorithm(sha256), 'sha256');
  assert.equal(digestEncoded(sha256), hex64);
  const sha512 = parseDigest(`sha512:${hex128}`);
  assert.equal(digestAlgorithm(sha512), 'sha512');
  assert.equal(digestEncoded(sha512), hex128);
  assert.equal(makeDigest('sha256', hex64), sha256);
});

const refused: readonly (readonly [text: string, reason: string, isDigestLike: boolean])[] = [
  ['', 'digest_malformed', false],
  ['latest', 'digest_malformed', false],
  ['sha256:', 'digest_malformed', false],
  ['sha256:totallywrong', 'digest_malformed', false],
  ['sha256:abc', 'digest_malformed', true],
  [`sha256:${hex64.toUpperCase()}`, 'digest_malformed', true],
  [`SHA256:${hex64}`, 'digest_malformed', true],
  [`sha256:${hex64}0`, 'digest_malformed', true],
  [`sha512:${hex64}`, 'digest_malformed', true],
  [`sha256:${hex64}\n`, 'digest_malformed', false],
  [` sha256:${hex64}`, 'digest_malformed', false],
  [`sha256:${hex64.slice(1)}/`, 'digest_malformed', false],
  [`md5:${hex64.slice(32)}`, 'digest_unsupported', true],
  [`blake3:${hex64}`, 'digest_unsupported', true],
  [`sha256:${'a'.repeat(100_000)}`, 'digest_malformed', false],
];

for (const [text, reason, digestLike] of refused) {
  test(`${JSON.stringify(text.slice(0, 90))} is refused as ${reason}`, () => {
    assert.throws(
      () => parseDigest(text),
      (error) => error instanceof OciParseError && error.reason === reason,
    );
    assert.equal(findDigest(text), undefined);
    assert.equal(isDigestLike(text), digestLike);
  });
}
