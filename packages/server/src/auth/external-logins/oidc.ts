import { DomainError } from '#/domain/errors.ts';
import type { Services } from '#/domain/services.ts';
import { providerFailed } from './call-provider.ts';
import { type CodeFlow, createCodeFlow } from './code-flow.ts';
import { defineExternalLogin, type ExternalLogin } from './define-external-login.ts';
import { type Claims, identityOfClaims } from './oidc-claims.ts';
import { loadOidcMetadata, type OidcMetadata, scopesToAsk } from './oidc-metadata.ts';
import { type OidcConfig, oidcConfigSchema } from './oidc-settings.ts';
import {
  createProviderKeys,
  findTokenIssuer,
  type ProviderKeys,
  type TokenExpectations,
  verifyProviderToken,
} from './oidc-token.ts';

/** Any OpenID provider: the blocks `<ID>_LOGIN_CONFIG`. */
export const oidcLogin = defineExternalLogin({
  kind: 'oidc',
  config: oidcConfigSchema,
  create: createOidcLogin,
});

const metadataHoldMs = 3_600_000;
const failureHoldMs = 5000;

interface OpenedProvider {
  readonly metadata: OidcMetadata;
  readonly flow: CodeFlow;
}

/** An OpenID provider under an id of the configuration. */
export function createOidcLogin(services: Services, id: string, config: OidcConfig): ExternalLogin {
  const title = config.SERVICE_NAME ?? id;
  const access = { insecure: config.DEBUGGING ?? false };
  const isUserInfoAsked = config.OIDC_DISABLE_USER_ENDPOINT !== true;

  const open = remembered(services, async (): Promise<OpenedProvider> => {
    const metadata = await loadOidcMetadata(services, config, access);
    return { metadata, flow: createCodeFlow(services, flowService(config, metadata, title)) };
  });
  const provider = () => open().catch((error: unknown) => Promise.reject(providerFailed(title, error)));

  const keys = createProviderKeys(services, access, async () => (await provider()).metadata.jwks_uri);
  const trusted = new Map<string, ProviderKeys>(
    (config.OIDC_ISSUERS ?? []).map((issuer) => [issuer, issuerKeys(services, config, issuer)]),
  );

  return {
    id,
    kind: 'oidc',
    title,
    icon: config.SERVICE_ICON ?? 'fa-user-circle',
    publicSettings: { CLIENT_ID: config.CLIENT_ID, OIDC: true },
    bindingField: config.LOGIN_BINDING_FIELD ?? undefined,
    superuserGroup: config.SUPERUSER_GROUP ?? undefined,
    globalReaderGroup: config.GLOBAL_READONLY_SUPERUSER_GROUP ?? undefined,
    async authorizationUrl(attempt) {
      return (await provider()).flow.authorizationUrl(attempt);
    },
    async identify(attempt, callback) {
      const { flow, metadata } = await provider();
      const { accessToken, idToken, claims } = await flow.exchange(attempt, callback);
      if (claims === undefined || idToken === undefined) {
        throw new DomainError('invalid_credentials', `${title} sent no ID token.`);
      }
      const asks = isUserInfoAsked && metadata.userinfo_endpoint !== undefined;
      const userInfo = asks ? await flow.userInfo(accessToken, claims.sub) : undefined;
      return { ...identityOfClaims(config, claims, { complete: true, userInfo }), idToken };
    },
    async identifyToken(token) {
      const issuer = await findTokenIssuer(token);
      if (issuer === undefined) return undefined;
      const other = trusted.get(issuer);
      if (other === undefined && issuer !== (config.OIDC_ISSUER ?? (await provider()).metadata.issuer)) {
        return undefined;
      }
      const claims = await verify(services, other ?? keys, token, { issuer, ...expectations(config) }, title);
      return identityOfClaims(config, claims, { complete: false });
    },
  };
}

async function verify(
  services: Services,
  keys: ProviderKeys,
  token: string,
  expected: TokenExpectations,
  title: string,
): Promise<Claims> {
  try {
    return await verifyProviderToken(services, keys, token, expected);
  } catch (error) {
    throw error instanceof DomainError ? error : providerFailed(title, error);
  }
}

function expectations(config: OidcConfig): Pick<TokenExpectations, 'audiences' | 'clients'> {
  return {
    audiences: config.OIDC_AUDIENCES ?? [config.CLIENT_ID],
    clients: [config.CLIENT_ID, ...(config.OIDC_ALLOWED_CLIENTS ?? [])],
  };
}

/** Of a further issuer of `OIDC_ISSUERS`, which must call itself so. */
function issuerKeys(services: Services, config: OidcConfig, issuer: string): ProviderKeys {
  const access = { insecure: config.DEBUGGING ?? false };
  return createProviderKeys(services, access, async () => {
    const server = issuer.endsWith('/') ? issuer : `${issuer}/`;
    const metadata = await loadOidcMetadata(
      services,
      { ...config, OIDC_SERVER: server, OIDC_ISSUER: null },
      access,
    );
    if (metadata.issuer !== issuer) throw new Error(`${issuer} calls itself ${metadata.issuer}`);
    return metadata.jwks_uri;
  });
}

function flowService(config: OidcConfig, metadata: OidcMetadata, title: string) {
  const isPublic = config.PUBLIC_CLIENT === true;
  const offersS256 = metadata.code_challenge_methods_supported?.includes('S256') ?? false;
  const isAsked = config.USE_PKCE === true || isPublic;
  return {
    title,
    access: { insecure: config.DEBUGGING ?? false },
    metadata,
    clientId: config.CLIENT_ID,
    clientSecret: isPublic ? undefined : (config.CLIENT_SECRET ?? undefined),
    clientAuthentication: postsSecret(metadata) ? 'post' : 'basic',
    scopes: scopesToAsk(config, metadata),
    pkce: isAsked ? (config.PKCE_METHOD ?? 'S256') : offersS256 ? 'S256' : undefined,
    openid: true,
  } as const;
}

/** Basic is what a provider takes that says nothing (OpenID Connect Discovery section 3). */
function postsSecret({ token_endpoint_auth_methods_supported: methods }: OidcMetadata): boolean {
  return methods?.includes('client_secret_post') ?? false;
}

/** What `load` gives, for an hour; a failure for five seconds, so that a provider that is down is not asked by every request. */
function remembered<T>({ clock }: Pick<Services, 'clock'>, load: () => Promise<T>): () => Promise<T> {
  let held: { readonly value: Promise<T>; untilMs: number } | undefined;
  return () => {
    const nowMs = clock.nowMs();
    if (held !== undefined && nowMs < held.untilMs) return held.value;
    const fresh = { value: load(), untilMs: nowMs + metadataHoldMs };
    fresh.value.catch(() => {
      fresh.untilMs = clock.nowMs() + failureHoldMs;
    });
    held = fresh;
    return fresh.value;
  };
}
