import type { JSONWebKeySet } from 'jose';
import { z } from 'zod';
import { DomainError } from '#/domain/errors.ts';
import type { Services } from '#/domain/services.ts';
import { getProviderJson, type ProviderAccess } from './call-provider.ts';
import { leewaySeconds } from './code-flow.ts';
import type { Claims } from './oidc-claims.ts';
import { signatureAlgorithms } from './oidc-metadata.ts';

const longestToken = 16 * 1024;
const holdMs = 3_600_000;
const againMs = 60_000;
const keySetSchema = z.object({ keys: z.array(z.looseObject({ kty: z.string() })).max(200) });

/** Keys that a provider publishes. */
export interface ProviderKeys {
  /** At most an hour old; with `again` at most a minute, for a token whose key is not among them. Throws when they cannot be read. */
  find(again: boolean): Promise<JSONWebKeySet>;
}

/** Asks at most once a minute, whoever sends tokens. */
export function createProviderKeys(
  services: Pick<Services, 'outbound' | 'clock'>,
  access: ProviderAccess,
  findUrl: () => Promise<string>,
): ProviderKeys {
  let held: { readonly keys: Promise<JSONWebKeySet>; readonly askedMs: number } | undefined;
  let good: JSONWebKeySet | undefined;
  const load = async (): Promise<JSONWebKeySet> => {
    good = keySetSchema.parse(await getProviderJson(services, access, await findUrl()));
    return good;
  };
  return {
    async find(again) {
      const nowMs = services.clock.nowMs();
      const ageMs = held === undefined ? Number.POSITIVE_INFINITY : nowMs - held.askedMs;
      if (held === undefined || ageMs >= (again || good === undefined ? againMs : holdMs)) {
        held = { keys: load(), askedMs: nowMs };
      }
      // A provider that does not answer just now does not take away the keys that are known.
      return held.keys.catch((error: unknown) => {
        if (good !== undefined) return good;
        throw error;
      });
    },
  };
}

/** The issuer that a JSON Web Token names, before anything of it is proved; undefined when it is none. */
export async function findTokenIssuer(token: string): Promise<string | undefined> {
  if (token.length > longestToken || token.split('.').length !== 3) return undefined;
  const { decodeJwt, errors } = await import('jose');
  try {
    return decodeJwt(token).iss;
  } catch (error) {
    if (error instanceof errors.JOSEError) return undefined;
    throw error;
  }
}

/** What a token must say beside its signature. */
export interface TokenExpectations {
  readonly issuer: string;
  readonly audiences: readonly string[];
  /** Applications that the token may have been given to. */
  readonly clients: readonly string[];
}

/** The claims of a token in force. Throws DomainError `invalid_credentials`, and what reading the keys throws. */
export async function verifyProviderToken(
  { clock }: Pick<Services, 'clock'>,
  keys: ProviderKeys,
  token: string,
  expected: TokenExpectations,
): Promise<Claims> {
  const { createLocalJWKSet, errors, jwtVerify } = await import('jose');
  const check = async (again: boolean): Promise<Claims> => {
    const { payload } = await jwtVerify(token, createLocalJWKSet(await keys.find(again)), {
      algorithms: [...signatureAlgorithms],
      issuer: expected.issuer,
      audience: [...expected.audiences],
      requiredClaims: ['exp', 'iat', 'sub'],
      clockTolerance: leewaySeconds,
      currentDate: new Date(clock.nowMs()),
    });
    return payload;
  };
  try {
    const claims = await check(false).catch((error: unknown) => {
      if (error instanceof errors.JWKSNoMatchingKey) return check(true);
      throw error;
    });
    refuseForeign(claims, expected);
    if (Number(claims.iat) * 1000 > clock.nowMs() + leewaySeconds * 1000)
      throw refused('it is from the future');
    return claims;
  } catch (error) {
    if (error instanceof errors.JOSEError) throw refused(reasonOf(error.code), error);
    throw error;
  }
}

/** A token that somebody gave to another application must not open this one (RFC 9068 section 5). */
function refuseForeign(claims: Claims, { clients }: TokenExpectations): void {
  const client = claims.azp ?? claims.client_id;
  if (client === undefined || clients.some((known) => known === client)) return;
  throw refused('it was made for another application');
}

function reasonOf(code: string): string {
  if (code === 'ERR_JWT_EXPIRED') return 'it has expired';
  if (code === 'ERR_JWT_CLAIM_VALIDATION_FAILED') return 'its claims are not those that are needed';
  if (code === 'ERR_JWKS_NO_MATCHING_KEY') return 'its issuer does not publish the key';
  return 'its signature is wrong';
}

function refused(reason: string, cause?: unknown): DomainError {
  return new DomainError('invalid_credentials', `The token is refused: ${reason}.`, { cause });
}
