import type { JWTPayload } from 'jose';
import { DomainError } from '#/domain/errors.ts';
import type { Services } from '#/domain/services.ts';
import type { IssuerKeys } from './issuer-keys.ts';

/** Signatures with a public key only: with a shared secret, whoever can check a token could make one. */
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];
const skewSeconds = 30;
const longestToken = 16 * 1024;

/** The issuer that a token names, before anything of it is proved; undefined when it is none. */
export async function findNamedIssuer(token: string): Promise<string | undefined> {
  if (token.length > longestToken) return undefined;
  const { decodeJwt, errors } = await import('jose');
  try {
    return decodeJwt(token).iss;
  } catch (error) {
    if (error instanceof errors.JOSEError) return undefined;
    throw error;
  }
}

interface Proved {
  readonly subject: string;
  /** For whom the issuer made the token; empty when it does not say. */
  readonly audiences: readonly string[];
}

/**
 * The subject of a token that this very issuer signed and that is in force, and for whom. Throws DomainError `invalid_credentials`, also when the issuer
 * cannot be asked for its keys.
 */
export async function verifyIssuerToken(
  services: Pick<Services, 'clock' | 'logger'>,
  issuerKeys: IssuerKeys,
  input: { readonly token: string; readonly issuer: string },
): Promise<Proved> {
  const { createLocalJWKSet, errors, jwtVerify } = await import('jose');
  const check = async (again: boolean): Promise<JWTPayload> => {
    const keys = await findKeys(services, issuerKeys, input.issuer, again);
    const { payload } = await jwtVerify(input.token, createLocalJWKSet(keys), {
      algorithms,
      issuer: input.issuer,
      requiredClaims: ['exp', 'sub'],
      clockTolerance: skewSeconds,
      currentDate: new Date(services.clock.nowMs()),
    });
    return payload;
  };
  try {
    const { sub, aud } = await check(false).catch((error: unknown) => {
      // The issuer may have changed its keys since they were read.
      if (error instanceof errors.JWKSNoMatchingKey) return check(true);
      throw error;
    });
    if (typeof sub !== 'string') throw refused('it names nobody');
    return { subject: sub, audiences: [aud ?? []].flat().filter((name) => typeof name === 'string') };
  } catch (error) {
    if (error instanceof errors.JOSEError) throw refused(reasonOf(error.code), error);
    throw error;
  }
}

async function findKeys(
  { logger }: Pick<Services, 'logger'>,
  issuerKeys: IssuerKeys,
  issuer: string,
  again: boolean,
) {
  try {
    return await issuerKeys.find(issuer, again);
  } catch (error) {
    logger.warn({ err: error, issuer }, 'the keys of an external issuer could not be read');
    throw refused('its issuer could not be asked for its keys', error);
  }
}

function reasonOf(code: string): string {
  if (code === 'ERR_JWT_EXPIRED') return 'it has expired';
  if (code === 'ERR_JWT_CLAIM_VALIDATION_FAILED') return 'its claims are not those that are needed';
  if (code === 'ERR_JWKS_NO_MATCHING_KEY') return 'its issuer does not publish the key';
  return 'its signature is wrong';
}

function refused(reason: string, cause?: unknown): DomainError {
  return new DomainError('invalid_credentials', `The external token cannot be used: ${reason}.`, { cause });
}
