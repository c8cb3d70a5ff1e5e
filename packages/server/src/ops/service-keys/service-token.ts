import { verify } from 'node:crypto';
import { z } from 'zod';
import { DomainError } from '#/domain/errors.ts';
import type { SignatureAlgorithm, VerificationKey } from './parse-public-jwk.ts';

/** A token of a service, parsed and not yet believed. */
export interface ServiceToken {
  /** Key that it names; undefined when it names none. */
  readonly kid: string | undefined;
  readonly algorithm: unknown;
  readonly signed: string;
  readonly signature: Buffer;
  readonly payload: string;
}

const longestToken = 8192;
const skewSeconds = 60;
/** Services sign for minutes; a token that lives longer was not made for a request. */
const longestLifeSeconds = 3600;

const headerPattern = /^bearer +([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+) *$/i;
const headSchema = z.object({
  alg: z.string(),
  kid: z.string().min(1).max(255).optional(),
  // Names extensions that must be understood; none is.
  crit: z.never().optional(),
});
const claimsSchema = z.object({
  iss: z.string(),
  aud: z.union([z.string(), z.array(z.string())]),
  exp: z.number(),
  iat: z.number(),
  nbf: z.number(),
});
const hashes: Readonly<Record<SignatureAlgorithm, string>> = {
  RS256: 'sha256',
  ES256: 'sha256',
  ES384: 'sha384',
  ES512: 'sha512',
};

/** Throws DomainError `invalid_request` without a bearer token in the compact form of RFC 7515. */
export function parseServiceToken(header: string | undefined): ServiceToken {
  const [, head = '', payload = '', signature = ''] =
    (header !== undefined && header.length <= longestToken && headerPattern.exec(header)) || [];
  if (head === '') throw invalid('send it as "Authorization: Bearer ..."');
  const parsed = headSchema.safeParse(decode(head));
  if (!parsed.success) throw invalid('its header is malformed');
  return {
    kid: parsed.data.kid,
    algorithm: parsed.data.alg,
    signed: `${head}.${payload}`,
    signature: Buffer.from(signature, 'base64url'),
    payload,
  };
}

/**
 * Checks signature and claims against one key of ours: whatever the token's own header says about keys is not looked at, and the
 * algorithm is that of the key. Throws DomainError `invalid_request`.
 */
export function verifyServiceToken(
  token: ServiceToken,
  key: VerificationKey,
  expected: { readonly issuer: string; readonly baseUrl: string; readonly nowMs: number },
): void {
  if (token.algorithm !== key.algorithm) throw invalid(`keys like this one sign with ${key.algorithm}`);
  const { publicKey } = key;
  const signedBytes = Buffer.from(token.signed);
  // JWS carries the two numbers of an ECDSA signature side by side (RFC 7518 section 3.4).
  const verifier = { key: publicKey, dsaEncoding: 'ieee-p1363' } as const;
  if (!verify(hashes[key.algorithm], signedBytes, verifier, token.signature)) {
    throw invalid('its signature is wrong');
  }
  const parsed = claimsSchema.safeParse(decode(token.payload));
  if (!parsed.success) throw invalid('it needs the claims iss, aud, exp, iat and nbf');
  const { iss, aud, exp, iat, nbf } = parsed.data;
  const now = expected.nowMs / 1000;
  if (iss !== expected.issuer) throw invalid('its iss is not the service of the path');
  if (![aud].flat().some((audience) => isAudience(audience, expected.baseUrl))) {
    throw invalid(`its aud must be ${expected.baseUrl}`);
  }
  if (exp <= now - skewSeconds) throw invalid('it has expired');
  if (nbf > now + skewSeconds || iat > now + skewSeconds) throw invalid('it is not valid yet');
  if (exp - iat > longestLifeSeconds)
    throw invalid(`it may be valid for ${longestLifeSeconds} seconds at most`);
}

/** The default port may be written out or not; a path says nothing. */
function isAudience(audience: string, baseUrl: string): boolean {
  return (
    URL.canParse(audience) && URL.canParse(baseUrl) && new URL(audience).origin === new URL(baseUrl).origin
  );
}

function decode(segment: string): unknown {
  try {
    return JSON.parse(Buffer.from(segment, 'base64url').toString('utf8'));
  } catch {
    throw invalid('it is malformed');
  }
}

function invalid(reason: string): DomainError {
  return new DomainError('invalid_request', `The token of the service cannot be used: ${reason}.`);
}
