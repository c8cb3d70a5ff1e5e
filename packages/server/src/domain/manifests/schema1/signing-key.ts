import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import type { JsonObject } from '@wharf/oci';
import { ownProperty } from '@wharf/oci';
import { findBase64url } from './base64url.ts';
import { unverified } from './schema1-refused.ts';

export interface VerificationKey {
  readonly key: KeyObject;
  readonly hash: 'sha256' | 'sha384' | 'sha512';
}

interface Curve {
  readonly name: string;
  readonly coordinateBytes: number;
  readonly hash: VerificationKey['hash'];
}

const curves: ReadonlyMap<string, Curve> = new Map([
  ['ES256', { name: 'P-256', coordinateBytes: 32, hash: 'sha256' }],
  ['ES384', { name: 'P-384', coordinateBytes: 48, hash: 'sha384' }],
  ['ES512', { name: 'P-521', coordinateBytes: 66, hash: 'sha512' }],
]);
const smallestModulusBits = 2048;
const largestModulusBits = 8192;
const longestExponentBytes = 4;

/**
 * The public key that a signature names in its own header. This is no trust decision: the format only proves
 * that the content was not changed after somebody signed it. The algorithm decides which members of the JWK
 * are read, nothing else of it counts. Throws `manifest_unverified`.
 */
export function readVerificationKey(jwk: JsonObject, algorithm: string): VerificationKey {
  if (algorithm === 'RS256') return { key: importKey(rsaMembers(jwk)), hash: 'sha256' };
  const curve = curves.get(algorithm);
  if (curve === undefined) throw unverified('only RS256, ES256, ES384 and ES512 are supported.');
  return { key: importKey(curveMembers(jwk, curve)), hash: curve.hash };
}

function rsaMembers(jwk: JsonObject): Record<string, string> {
  requireMember(jwk, 'kty', 'RSA');
  const n = readMember(jwk, 'n');
  const e = readMember(jwk, 'e');
  const bits = n.length * 8 - Math.clz32(n[0] ?? 0) + 24;
  if (n[0] === 0 || bits < smallestModulusBits || bits > largestModulusBits) {
    throw unverified(`an RSA key must have ${smallestModulusBits} to ${largestModulusBits} bits.`);
  }
  if (e.length === 0 || e.length > longestExponentBytes) throw unverified('the RSA exponent is too long.');
  return { kty: 'RSA', n: n.toString('base64url'), e: e.toString('base64url') };
}

function curveMembers(jwk: JsonObject, curve: Curve): Record<string, string> {
  requireMember(jwk, 'kty', 'EC');
  requireMember(jwk, 'crv', curve.name);
  const [x, y] = [readMember(jwk, 'x'), readMember(jwk, 'y')];
  if (x.length !== curve.coordinateBytes || y.length !== curve.coordinateBytes) {
    throw unverified('the coordinates of the key do not fit its curve.');
  }
  return { kty: 'EC', crv: curve.name, x: x.toString('base64url'), y: y.toString('base64url') };
}

function requireMember(jwk: JsonObject, name: string, expected: string): void {
  if (ownProperty(jwk, name) !== expected) throw unverified(`"${name}" of the key must be ${expected}.`);
}

function readMember(jwk: JsonObject, name: string): Buffer {
  const value = ownProperty(jwk, name);
  const bytes = typeof value === 'string' && value.length <= 2048 ? findBase64url(value) : undefined;
  if (bytes === undefined) throw unverified(`"${name}" of the key must be base64url.`);
  return bytes;
}

function importKey(members: Record<string, string>): KeyObject {
  try {
    return createPublicKey({ key: members, format: 'jwk' });
  } catch (cause) {
    throw unverified('the key is none.', cause);
  }
}

const base32Digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/**
 * Fingerprint by which Docker names a key: the first 240 bits of the SHA-256 of its SPKI form, in base32, as
 * twelve groups of four. Docker refuses a signature whose `kid` is another.
 */
export function dockerKeyId(key: KeyObject): string {
  const spki = key.export({ type: 'spki', format: 'der' });
  const bits = createHash('sha256').update(spki).digest().subarray(0, 30);
  const binary = Array.from(bits, (byte) => byte.toString(2).padStart(8, '0')).join('');
  const digits = (binary.match(/.{5}/g) ?? [])
    .map((group) => base32Digits[Number.parseInt(group, 2)])
    .join('');
  return (digits.match(/.{4}/g) ?? []).join(':');
}
