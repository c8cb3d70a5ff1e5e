import { z } from 'zod';
import type { Services } from '#/domain/services.ts';
import { getProviderJson, type ProviderAccess } from './call-provider.ts';
import type { OidcConfig } from './oidc-settings.ts';

const schema = z.object({
  issuer: z.string(),
  authorization_endpoint: z.url(),
  token_endpoint: z.url(),
  jwks_uri: z.url(),
  userinfo_endpoint: z.url().optional(),
  scopes_supported: z.array(z.string()).optional(),
  code_challenge_methods_supported: z.array(z.string()).optional(),
  token_endpoint_auth_methods_supported: z.array(z.string()).optional(),
  id_token_signing_alg_values_supported: z.array(z.string()).optional(),
  authorization_response_iss_parameter_supported: z.boolean().optional(),
});

/** What an OpenID provider publishes about itself (OpenID Connect Discovery 1.0), with the operator's own words over it. */
export type OidcMetadata = z.infer<typeof schema>;

/** Signatures with a public key only: with a shared secret, or none, whoever reads tokens could make them. */
export const signatureAlgorithms: readonly string[] = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
];

const endpoints = ['authorization_endpoint', 'token_endpoint', 'userinfo_endpoint', 'jwks_uri'] as const;

/** Where the provider publishes its metadata: by URL join, so that a server without a slash at its end loses its last segment, as in Quay. */
function discoveryUrl(server: string): string {
  return new URL('.well-known/openid-configuration', server).href;
}

/** Reads the metadata. Throws Error with a reason that is safe to show. */
export async function loadOidcMetadata(
  services: Pick<Services, 'outbound'>,
  config: OidcConfig,
  access: ProviderAccess,
): Promise<OidcMetadata> {
  const protocol = URL.canParse(config.OIDC_SERVER) ? new URL(config.OIDC_SERVER).protocol : '';
  if (protocol !== 'https:' && !(protocol === 'http:' && access.insecure)) {
    throw new Error('OIDC_SERVER must be an https:// URL');
  }
  const parsed = schema.safeParse(await getProviderJson(services, access, discoveryUrl(config.OIDC_SERVER)));
  if (!parsed.success) {
    const names = parsed.error.issues.map(({ path }) => path.join('.') || 'all of it');
    throw new Error(`the discovery document is not as it should be: ${names.join(', ')}`);
  }
  const metadata = parsed.data;
  for (const name of endpoints) {
    if (!access.insecure && metadata[name]?.startsWith('https:') === false) {
      throw new Error(`${name} of the discovery document is not an https:// URL`);
    }
  }
  const offered = metadata.id_token_signing_alg_values_supported ?? ['RS256'];
  const algorithms = offered.filter((name) => signatureAlgorithms.includes(name));
  if (algorithms.length === 0) throw new Error('the provider signs ID tokens with no public key');
  return {
    ...withCustomParameters(metadata, config),
    issuer: config.OIDC_ISSUER ?? metadata.issuer,
    id_token_signing_alg_values_supported: algorithms,
  };
}

/** `OIDC_ENDPOINT_CUSTOM_PARAMS` */
function withCustomParameters(metadata: OidcMetadata, config: OidcConfig): OidcMetadata {
  const changed = endpoints.flatMap((name) => {
    const address = metadata[name];
    const parameters = config.OIDC_ENDPOINT_CUSTOM_PARAMS?.[name];
    if (address === undefined || parameters === undefined) return [];
    const url = new URL(address);
    for (const [key, value] of Object.entries(parameters)) url.searchParams.set(key, String(value));
    return [[name, url.href]];
  });
  return { ...metadata, ...Object.fromEntries(changed) };
}

/**
 * The scopes to ask for: those of the configuration, else all that the provider names, as far as it knows them. Never by itself `offline_access`:
 * nothing here would use it.
 */
export function scopesToAsk(config: OidcConfig, metadata: OidcMetadata): readonly string[] {
  const supported = metadata.scopes_supported;
  const configured = config.LOGIN_SCOPES ?? [];
  if (configured.length > 0) {
    return supported === undefined ? configured : configured.filter((scope) => supported.includes(scope));
  }
  return (supported ?? ['openid', 'profile', 'email']).filter((scope) => scope !== 'offline_access');
}
