import { createHash, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import type { PublicJwk } from './service-key.ts';

export interface ServiceKeyPair {
  readonly kid: string;
  readonly jwk: PublicJwk;
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

const generate = promisify(generateKeyPair);
const modulusLength = 2048;

/** A new RSA key, whose id is the RFC 7638 thumbprint in hexadecimal digits; its private half is not stored anywhere. */
export async function generateServiceKeyPair(): Promise<ServiceKeyPair> {
  const { publicKey, privateKey } = await generate('rsa', { modulusLength });
  const jwk = rsaPublicJwk(publicKey);
  return { kid: thumbprint(jwk), jwk, publicKey, privateKey };
}

export function rsaPublicJwk(key: KeyObject): PublicJwk {
  const { kty, n, e } = key.export({ format: 'jwk' });
  return { kty, n, e };
}

function thumbprint({ e, kty, n }: PublicJwk): string {
  return createHash('sha256').update(JSON.stringify({ e, kty, n })).digest('hex');
}
