import { hash, type KeyObject, verify } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { DomainError } from '#/domain/errors.ts';
import type { Services } from '#/domain/services.ts';
import { claimsSchema, longestRegistryToken, type RegistryTokenClaims } from './registry-token-claims.ts';
import { findSubject } from './registry-token-context.ts';
import type { AuthSettings } from './settings.ts';
import { grantsOf } from './token-grants.ts';
import type { VerificationKeys } from './verification-keys.ts';

interface Verified {
  readonly claims: RegistryTokenClaims;
  readonly kid: string;
  readonly key: KeyObject;
  readonly notBeforeMs: number;
}

/** Clocks of nodes may differ by this; the client's clock plays no part. */
const skewMs = 30_000;
/** Bounds the memory of verified tokens, measured by their length. */
const cacheLength = 8 * 1024 * 1024;
const longestHeader = longestRegistryToken + 64;
const headerPattern = /^bearer +([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+) *$/i;

/**
 * Makes the function that checks the value of an `Authorization` header against the audience of this registry and throws
 * `invalid_credentials` for anything but a token of ours that is in force (registry reference B4). The key is always one of our
 * own, chosen by `kid` alone; whatever else a token's header says about keys is not looked at.
 */
export function createTokenVerifier(
  services: Services,
  settings: AuthSettings,
  keys: VerificationKeys,
): (header: string, audience: string) => Promise<RegistryTokenClaims> {
  const verified = new LRUCache<string, Verified>({ maxSize: cacheLength });

  const check = async (header: string): Promise<Verified> => {
    const [, head = '', body = '', signature = ''] = matchToken(header);
    const kid = keyIdOf(head);
    const key = await keys.find(kid);
    if (key === undefined) throw refused('it is signed with a key that is unknown or no longer in use');
    const signed = Buffer.from(`${head}.${body}`);
    if (!verify('sha256', signed, key, Buffer.from(signature, 'base64url'))) {
      throw refused('its signature is wrong');
    }
    return { ...parseClaims(services, settings, body), kid, key };
  };

  return async (header, audience) => {
    if (header.length > longestHeader) throw refused('it is too long');
    const cacheKey = hash('sha256', header, 'base64url');
    let found = verified.get(cacheKey);
    if (found === undefined) {
      found = await check(header);
      verified.set(cacheKey, found, { size: header.length + 512 });
    } else if ((await keys.find(found.kid)) !== found.key) {
      verified.delete(cacheKey);
      throw refused('the key that signed it is no longer in use');
    }
    const nowMs = services.clock.nowMs();
    if (found.claims.expiresMs + skewMs <= nowMs) throw refused('it has expired');
    if (found.notBeforeMs - skewMs > nowMs) throw refused('it is not valid yet');
    if (found.claims.audience !== audience) throw refused('it was issued for another registry');
    return found.claims;
  };
}

function matchToken(header: string): RegExpExecArray {
  const match = headerPattern.exec(header);
  if (match === null) throw refused('it is not a bearer token of this registry');
  return match;
}

function keyIdOf(head: string): string {
  const header = decodeJson(head);
  // `crit` names extensions that must be understood; we understand none.
  if (!isRecord(header) || header.alg !== 'RS256' || 'crit' in header) {
    throw refused('it is not signed with RS256');
  }
  const { kid } = header;
  if (typeof kid !== 'string' || kid === '' || kid.length > 255) throw refused('it names no key');
  return kid;
}

function parseClaims(
  services: Services,
  settings: AuthSettings,
  body: string,
): Pick<Verified, 'claims' | 'notBeforeMs'> {
  const parsed = claimsSchema.safeParse(decodeJson(body));
  if (!parsed.success) throw refused('its claims are not complete');
  const { iss, aud, iat, nbf, exp, access, context } = parsed.data;
  if (iss !== settings.instanceKey.service) throw refused('it was not issued by this registry');
  if (exp - iat > settings.registryTokenMaximumLifeSeconds) throw refused('it is valid for too long');
  const subject = findSubject(context);
  if (subject === undefined) throw refused('it does not say whom it is for');
  return {
    claims: {
      audience: aud,
      expiresMs: exp * 1000,
      subject,
      access,
      grants: grantsOf(access, aud, services.settings),
    },
    notBeforeMs: Math.max(iat, nbf) * 1000,
  };
}

function decodeJson(segment: string): unknown {
  try {
    return JSON.parse(Buffer.from(segment, 'base64url').toString('utf8'));
  } catch {
    throw refused('it is malformed');
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function refused(reason: string): DomainError {
  return new DomainError(
    'invalid_credentials',
    `The registry token cannot be used: ${reason}. Log in again.`,
  );
}
