import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import type { ApiAnswer, ApiFixture } from './api-fixture.ts';

/** A key pair of a service, named as jwtproxy names it. */
export interface ServicePair {
  readonly kid: string;
  readonly jwk: Readonly<Record<string, unknown>>;
  readonly privateKey: KeyObject;
  readonly algorithm: 'RS256' | 'ES256';
}

/** An RSA key whose id is the base64url thumbprint of RFC 7638, padded. */
export function rsaPair(modulusLength = 2048): ServicePair {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength });
  const { kty, n, e } = publicKey.export({ format: 'jwk' });
  const digest = createHash('sha256').update(JSON.stringify({ e, kty, n })).digest('base64url');
  const kid = `${digest}=`;
  return { kid, jwk: { kid, kty, alg: 'RS256', use: 'sig', e, n }, privateKey, algorithm: 'RS256' };
}

export function ecPair(): ServicePair {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const kid = randomBytes(16).toString('hex');
  return { kid, jwk: { ...publicKey.export({ format: 'jwk' }), kid }, privateKey, algorithm: 'ES256' };
}

export interface TokenParts {
  readonly header?: Readonly<Record<string, unknown>>;
  readonly claims?: Readonly<Record<string, unknown>>;
}

/** The token with which a service signs one request, as jwtproxy makes it; `parts` replaces members, undefined ones are left out. */
function serviceToken(
  pair: ServicePair,
  context: { readonly issuer: string; readonly audience: string; readonly nowMs: number },
  parts: TokenParts = {},
): string {
  const now = Math.floor(context.nowMs / 1000);
  const header = { alg: pair.algorithm, typ: 'JWT', kid: pair.kid, ...parts.header };
  const claims = {
    iss: context.issuer,
    aud: context.audience,
    iat: now,
    nbf: now - 60,
    exp: now + 300,
    jti: randomBytes(24).toString('base64'),
    ...parts.claims,
  };
  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${encode(header)}.${encode(claims)}`;
  const signature = sign('sha256', Buffer.from(signed), { key: pair.privateKey, dsaEncoding: 'ieee-p1363' });
  return `${signed}.${signature.toString('base64url')}`;
}

/** Talks to the key server of a fixture as the client inside jwtproxy does (registry-services reference E6). */
export function keyServerClient(api: ApiFixture, service: string) {
  const audience = api.url;
  const path = (kid: string): string => `//keys/services/${service}/keys/${encodeURIComponent(kid)}`;
  const tokenOf = (signer: ServicePair, parts?: TokenParts): string =>
    serviceToken(signer, { issuer: service, audience, nowMs: api.clock.nowMs() }, parts);
  const headersOf = (token: string | undefined): Record<string, string> => ({
    'user-agent': 'KeyRegistryClient/0.1.0',
    cookie: '',
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  });
  return {
    audience,
    tokenOf,
    get: (kid: string): Promise<ApiAnswer> => api.call('GET', path(kid), { headers: headersOf(undefined) }),
    list: (): Promise<ApiAnswer> => api.call('GET', `//keys/services/${service}/keys`),
    put(
      pair: ServicePair,
      more: {
        readonly signer?: ServicePair;
        readonly parts?: TokenParts;
        readonly token?: string;
        readonly query?: string;
        readonly body?: unknown;
      } = {},
    ): Promise<ApiAnswer> {
      const token = more.token ?? tokenOf(more.signer ?? pair, more.parts);
      return api.call('PUT', `${path(pair.kid)}${more.query ?? ''}`, {
        headers: headersOf(token),
        body: more.body ?? pair.jwk,
      });
    },
    remove: (kid: string, signer: ServicePair, parts?: TokenParts): Promise<ApiAnswer> =>
      api.call('DELETE', path(kid), { headers: headersOf(tokenOf(signer, parts)) }),
  };
}
