import { createPublicKey, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { JWTPayload } from 'jose';
import type { Clock } from '#/platform/clock.ts';
import type { JwtConfig } from './jwt-config.ts';

/** Clocks of two machines differ. */
const skewSeconds = 30;
const longestToken = 1024 * 1024;

/** A token that proves nothing; the message says why and is safe to show. */
export class UnprovedAnswerError extends Error {
  constructor(reason: string, options: { readonly cause?: unknown } = {}) {
    super(reason, options);
    this.name = 'UnprovedAnswerError';
  }
}

/** The key of `jwt-authn.cert`, a certificate or public key in PEM. Throws UnprovedAnswerError about the file, without its content. */
export async function readServiceKey(path: string): Promise<KeyObject> {
  const pem = await readFile(path).catch((cause: unknown) => {
    throw new UnprovedAnswerError('jwt-authn.cert is missing in the directory of the configuration', {
      cause,
    });
  });
  try {
    const key = createPublicKey(pem);
    if (key.asymmetricKeyType === 'rsa' && (key.asymmetricKeyDetails?.modulusLength ?? 0) >= 2048) return key;
  } catch (cause) {
    throw new UnprovedAnswerError('jwt-authn.cert holds neither a certificate nor a public key in PEM', {
      cause,
    });
  }
  throw new UnprovedAnswerError('jwt-authn.cert holds no RSA key of at least 2048 bits');
}

/**
 * The claims of a token that the service signed lately for this use of it. The key is that of our file alone, whatever the header of the token says
 * (`kid`, `jwk`, `jku`, `x5c`), and the algorithm is RS256. Throws UnprovedAnswerError.
 */
export async function verifyAnswer(
  config: Pick<JwtConfig, 'issuer' | 'maximumFreshSeconds' | 'keyFile'>,
  clock: Clock,
  input: { readonly token: string; readonly audience: string },
): Promise<JWTPayload> {
  if (input.token.length > longestToken) throw new UnprovedAnswerError('the token is too long');
  const key = await readServiceKey(config.keyFile);
  const { errors, jwtVerify } = await import('jose');
  try {
    const { payload } = await jwtVerify(input.token, key, {
      algorithms: ['RS256'],
      issuer: config.issuer,
      audience: input.audience,
      requiredClaims: ['exp', 'iat'],
      clockTolerance: skewSeconds,
      currentDate: new Date(clock.nowMs()),
    });
    checkLife(payload, config.maximumFreshSeconds, clock.nowMs() / 1000);
    return payload;
  } catch (error) {
    if (error instanceof errors.JOSEError) {
      throw new UnprovedAnswerError(reasonOf(error.code, 'claim' in error ? error.claim : undefined), {
        cause: error,
      });
    }
    throw error;
  }
}

function checkLife({ exp, iat }: JWTPayload, longestSeconds: number, nowSeconds: number): void {
  if (exp === undefined || iat === undefined) throw new UnprovedAnswerError('the token has no time');
  if (iat > nowSeconds + skewSeconds) throw new UnprovedAnswerError('the token comes from the future');
  if (exp - iat > longestSeconds + skewSeconds) {
    throw new UnprovedAnswerError('the token lives longer than JWT_AUTH_MAX_FRESH_S allows');
  }
}

function reasonOf(code: string, claim: unknown): string {
  if (code === 'ERR_JWT_EXPIRED') return 'the token has expired';
  if (code === 'ERR_JWT_CLAIM_VALIDATION_FAILED')
    return `the claim "${String(claim)}" is not the expected one`;
  if (code === 'ERR_JOSE_ALG_NOT_ALLOWED') return 'the token is not signed with RS256';
  if (code === 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED') {
    return 'the signature was not made with the key of jwt-authn.cert';
  }
  return 'it is no signed token';
}
