import { createPublicKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { DomainError } from '#/domain/errors.ts';
import type { PublicJwk } from '#/domain/service-keys/index.ts';

/** A public key with the one algorithm that may be used with it. */
export interface VerificationKey {
  readonly publicKey: KeyObject;
  readonly algorithm: SignatureAlgorithm;
}

export type SignatureAlgorithm = 'RS256' | 'ES256' | 'ES384' | 'ES512';

const shortestModulusBits = 2048;
const longestModulusBits = 8192;
const longestMember = 2048;

const member = z.string().max(longestMember);
const number = member.regex(/^[A-Za-z0-9_-]+$/);
const described = {
  kid: member.optional(),
  use: z.literal('sig').optional(),
  alg: member.optional(),
};
/** Only these members are kept: nothing private can be stored by mistake. */
const jwkSchema = z.discriminatedUnion('kty', [
  z.object({ kty: z.literal('RSA'), n: number, e: number, ...described }),
  z.object({
    kty: z.literal('EC'),
    crv: z.enum(['P-256', 'P-384', 'P-521']),
    x: number,
    y: number,
    ...described,
  }),
]);

const curveAlgorithms = { 'P-256': 'ES256', 'P-384': 'ES384', 'P-521': 'ES512' } as const;
const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

/**
 * Reads the body of an upload: a public RSA or EC key (RFC 7517), and what verifies with it. Throws DomainError `invalid_request` for
 * anything else, a private key first of all.
 */
export function parsePublicJwk(
  value: unknown,
  kid: string,
): { readonly jwk: PublicJwk; readonly key: VerificationKey } {
  if (
    typeof value === 'object' &&
    value !== null &&
    privateMembers.some((name) => Object.hasOwn(value, name))
  ) {
    throw invalid('it holds a private key, which must never leave its service');
  }
  const parsed = jwkSchema.safeParse(value);
  if (!parsed.success) throw invalid('it must be an RSA key with n and e, or an EC key with crv, x and y');
  const jwk = parsed.data;
  if (jwk.kid !== undefined && jwk.kid !== kid) throw invalid('its kid is not that of the path');
  const key = findVerificationKey(jwk);
  if (key === undefined) {
    throw invalid(`it is no usable key; RSA keys need ${shortestModulusBits} to ${longestModulusBits} bits`);
  }
  if (jwk.alg !== undefined && jwk.alg !== key.algorithm) {
    throw invalid(`its alg must be ${key.algorithm}`);
  }
  return { jwk, key };
}

/** What verifies with a stored key; the algorithm follows from the key, never from a token. Undefined for a key of another kind. */
export function findVerificationKey(jwk: PublicJwk): VerificationKey | undefined {
  const parsed = jwkSchema.safeParse(jwk);
  if (!parsed.success) return undefined;
  const publicKey = findKeyObject(parsed.data);
  if (publicKey === undefined) return undefined;
  if (parsed.data.kty === 'EC') return { publicKey, algorithm: curveAlgorithms[parsed.data.crv] };
  const bits = publicKey.asymmetricKeyDetails?.modulusLength ?? 0;
  const fits = bits >= shortestModulusBits && bits <= longestModulusBits;
  return fits ? { publicKey, algorithm: 'RS256' } : undefined;
}

function findKeyObject(jwk: z.infer<typeof jwkSchema>): KeyObject | undefined {
  const { kty } = jwk;
  try {
    return createPublicKey({
      key: kty === 'RSA' ? { kty, n: jwk.n, e: jwk.e } : { kty, crv: jwk.crv, x: jwk.x, y: jwk.y },
      format: 'jwk',
    });
  } catch {
    return undefined;
  }
}

function invalid(reason: string): DomainError {
  return new DomainError('invalid_request', `The body is not a public key as JWK: ${reason}.`);
}
