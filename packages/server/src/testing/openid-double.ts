import { createHash, randomUUID } from 'node:crypto';
import type { TestContext } from 'node:test';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { type LocalAnswer, type LocalRequest, startLocalServer } from '#/testing/local-server.ts';

type Json = Record<string, unknown>;
type SigningKey = Parameters<SignJWT['sign']>[0];

/** An OpenID provider that checks what it is sent as the protocol says, and lies where a test tells it to. */
export interface OpenidDouble {
  readonly url: string;
  /** Issuer; the address unless a test gave another name. */
  issuer: string;
  /** Claims of the person. */
  person: Json;
  /** Replaces parts of the discovery document. */
  discovery: Json;
  /** Replaces claims of the next ID tokens; undefined takes one out. */
  idToken: Json;
  /** Replaces claims of the userinfo endpoint. */
  userInfo: Json;
  /** Replaces whole answers by path. */
  readonly answers: Map<string, LocalAnswer>;
  /** Paths that were asked for. */
  readonly heard: string[];
  readonly block: Json;
  /** What the person's agreement at an authorization URL leads to: the address of the callback. */
  approve(authorizationUrl: string | URL): URL;
  /** Signs claims as the provider does, or with another header and key. */
  sign(
    claims: Json,
    header?: { readonly alg?: string; readonly kid?: string },
    key?: SigningKey,
  ): Promise<string>;
  /** From now on another key signs. */
  rotate(alg?: 'RS256' | 'PS256' | 'ES256'): Promise<void>;
  /** The published keys. */
  keys(): readonly Json[];
  close(): void;
}

interface Code {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly nonce: string | null;
  readonly challenge: string | null;
  used: boolean;
}

export async function startOpenidDouble(
  t: Pick<TestContext, 'after'>,
  options: { readonly nowMs?: () => number; readonly issuer?: string; readonly clientId?: string } = {},
): Promise<OpenidDouble> {
  const nowSeconds = () => Math.floor((options.nowMs?.() ?? Date.now()) / 1000);
  const clientId = options.clientId ?? 'wharf';
  const clientSecret = 'secret-of-the-client';
  const codes = new Map<string, Code>();
  const accessTokens = new Set<string>();
  const signing: { kid: string; alg: string; key: SigningKey; published: Json }[] = [];

  async function addKey(alg: 'RS256' | 'PS256' | 'ES256'): Promise<void> {
    const { privateKey, publicKey } = await generateKeyPair(alg);
    const kid = randomUUID();
    signing.unshift({
      kid,
      alg,
      key: privateKey,
      published: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' },
    });
    signing.length = Math.min(signing.length, 1);
  }

  const sign: OpenidDouble['sign'] = (claims, header = {}, key) => {
    const current = signing[0];
    if (current === undefined) throw new Error('there is no key');
    return new SignJWT(claims as JWTPayload)
      .setProtectedHeader({ alg: current.alg, kid: current.kid, ...header })
      .sign(key ?? current.key);
  };

  async function exchange({ form, headers }: LocalRequest): Promise<LocalAnswer> {
    const refuse = (error: string): LocalAnswer => ({ status: 400, body: { error } });
    const basic = /^Basic (.+)$/.exec(headers.authorization ?? '')?.[1];
    const given =
      basic === undefined
        ? [form.get('client_id'), form.get('client_secret')]
        : Buffer.from(basic, 'base64').toString().split(':').map(decodeURIComponent);
    if (given[0] !== clientId || given[1] !== clientSecret)
      return { status: 401, body: { error: 'invalid_client' } };
    const code = codes.get(form.get('code') ?? '');
    if (form.get('grant_type') !== 'authorization_code' || code === undefined || code.used)
      return refuse('invalid_grant');
    code.used = true;
    if (form.get('redirect_uri') !== code.redirectUri || code.clientId !== clientId)
      return refuse('invalid_grant');
    const verifier = form.get('code_verifier');
    const hash = verifier === null ? null : createHash('sha256').update(verifier).digest('base64url');
    if (code.challenge !== hash) return refuse('invalid_grant');
    const accessToken = randomUUID();
    accessTokens.add(accessToken);
    const claims: Json = {
      iss: double.issuer,
      aud: clientId,
      iat: nowSeconds(),
      exp: nowSeconds() + 300,
      ...(code.nonce === null ? {} : { nonce: code.nonce }),
      ...double.person,
      ...double.idToken,
    };
    return { body: { access_token: accessToken, token_type: 'Bearer', id_token: await sign(claims) } };
  }

  const server = await startLocalServer(t, (request) => {
    const path = request.url.pathname;
    double.heard.push(path);
    const changed = double.answers.get(path);
    if (changed !== undefined) return changed;
    if (path === '/.well-known/openid-configuration') {
      const at = (name: string) => `${options.issuer ?? server.url}${name}`;
      return {
        body: {
          issuer: double.issuer,
          authorization_endpoint: at('/authorize'),
          token_endpoint: at('/token'),
          userinfo_endpoint: at('/userinfo'),
          jwks_uri: at('/jwks'),
          scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
          code_challenge_methods_supported: ['plain', 'S256'],
          id_token_signing_alg_values_supported: ['RS256', 'PS256', 'ES256', 'HS256', 'none'],
          authorization_response_iss_parameter_supported: true,
          ...double.discovery,
        },
      };
    }
    if (path === '/jwks') return { body: { keys: double.keys() } };
    if (path === '/token' && request.method === 'POST') return exchange(request);
    if (path === '/userinfo') {
      const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
      if (token === undefined || !accessTokens.has(token)) return { status: 401 };
      return { body: { ...double.person, ...double.userInfo } };
    }
    return undefined;
  });
  const double: OpenidDouble = {
    url: server.url,
    issuer: options.issuer ?? server.url,
    person: { sub: 'subject-1', preferred_username: 'ann', email: 'ann@example.com', email_verified: true },
    discovery: {},
    idToken: {},
    userInfo: {},
    answers: new Map(),
    heard: [],
    block: {
      OIDC_SERVER: `${server.url}/`,
      CLIENT_ID: clientId,
      CLIENT_SECRET: clientSecret,
      SERVICE_NAME: 'Double',
      DEBUGGING: true,
    },
    approve(authorizationUrl) {
      const { searchParams } = new URL(authorizationUrl);
      const code = randomUUID();
      codes.set(code, {
        clientId: searchParams.get('client_id') ?? '',
        redirectUri: searchParams.get('redirect_uri') ?? '',
        nonce: searchParams.get('nonce'),
        challenge: searchParams.get('code_challenge'),
        used: false,
      });
      const callback = new URL(searchParams.get('redirect_uri') ?? '');
      callback.searchParams.set('code', code);
      callback.searchParams.set('state', searchParams.get('state') ?? '');
      callback.searchParams.set('iss', double.issuer);
      return callback;
    },
    sign,
    rotate: (alg = 'RS256') => addKey(alg),
    keys: () => signing.map(({ published }) => published),
    close: server.close,
  };
  await addKey('RS256');
  return double;
}
