import { createPublicKey, type KeyObject, sign } from 'node:crypto';
import { formatSchema1, type Schema1Content } from './schema1-content.ts';
import { dockerKeyId } from './signing-key.ts';

export interface SignedSchema1 {
  /** To be stored and served. */
  readonly bytes: Buffer;
  /** What the digest is the hash of. */
  readonly payload: Buffer;
}

/**
 * Writes a signed schema 1 manifest (registry protocol A9.1) with RS256. `key` is an RSA private key of at
 * least 2048 bits; `signedAtMs` goes into the signature in whole seconds.
 */
export function signSchema1(content: Schema1Content, key: KeyObject, signedAtMs: number): SignedSchema1 {
  const payload = formatSchema1(content);
  const split = payload.lastIndexOf('\n}');
  const head = payload.subarray(0, split);
  const protectedText = encodeJson({
    formatLength: split,
    formatTail: payload.subarray(split).toString('base64url'),
    time: `${new Date(signedAtMs).toISOString().slice(0, 19)}Z`,
  });
  const signature = sign(
    'sha256',
    Buffer.from(`${protectedText}.${payload.toString('base64url')}`, 'ascii'),
    key,
  );
  const entry = {
    header: { jwk: publicJwk(key), alg: 'RS256' },
    signature: signature.toString('base64url'),
    protected: protectedText,
  };
  const signatures = JSON.stringify([entry], undefined, 3).replaceAll('\n', '\n   ');
  return { bytes: Buffer.concat([head, Buffer.from(`,\n   "signatures": ${signatures}\n}`)]), payload };
}

function encodeJson(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function publicJwk(key: KeyObject): Record<string, string | undefined> {
  const publicKey = createPublicKey(key);
  const { e, n, kty } = publicKey.export({ format: 'jwk' });
  return { e, kid: dockerKeyId(publicKey), kty, n };
}
