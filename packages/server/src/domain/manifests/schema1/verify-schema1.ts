import { verify } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { JsonObject } from '@wharf/oci';
import { readJson } from './read-json.ts';
import { unverified } from './schema1-refused.ts';
import { readSignatureBlock, type SchemaSignature } from './signature-block.ts';
import { readVerificationKey } from './signing-key.ts';

/**
 * Verifies every signature of a signed schema 1 manifest, each with the key in its own header, and returns
 * the payload: the manifest without signatures, whose hash is the digest (registry protocol A9.1). The
 * payload says the same as the manifest itself. Throws `manifest_unverified`, `manifest_invalid`.
 */
export function verifySchema1(bytes: Buffer): Buffer {
  const body = readJson(bytes, 'The manifest');
  const { signatures, payload } = readSignatureBlock(bytes, body);
  const encoded = payload.toString('base64url');
  for (const signature of signatures) {
    if (!isSignedBy(encoded, signature)) throw unverified('the content was changed after it was signed.');
  }
  if (!isDeepStrictEqual(readJson(payload, 'The signed manifest'), withoutSignatures(body))) {
    throw unverified('what was signed is another manifest.');
  }
  return payload;
}

/** The payload of a manifest that was verified before: what a client gets that knows only the unsigned form. */
export function unsignSchema1(bytes: Buffer): Buffer {
  return readSignatureBlock(bytes, readJson(bytes, 'The manifest')).payload;
}

function isSignedBy(
  encodedPayload: string,
  { jwk, algorithm, protectedText, signature }: SchemaSignature,
): boolean {
  const { key, hash } = readVerificationKey(jwk, algorithm);
  const signed = Buffer.from(`${protectedText}.${encodedPayload}`, 'ascii');
  return verify(hash, signed, { key, dsaEncoding: 'ieee-p1363' }, signature);
}

function withoutSignatures(body: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(body).filter(([key]) => key !== 'signatures'));
}
