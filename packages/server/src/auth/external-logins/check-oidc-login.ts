import type { Services } from '#/domain/services.ts';
import { loadOidcMetadata, scopesToAsk } from './oidc-metadata.ts';
import { oidcConfigSchema } from './oidc-settings.ts';

const timeoutMs = 5000;

/**
 * Tries the blocks `<ID>_LOGIN_CONFIG` one after the other (configuration reference C.2, `oidc-login`): what must be set, the discovery
 * document within 5 s, scopes to ask for. Returns why one is not usable, without secrets, else undefined.
 */
export async function checkOidcLogins(
  services: Pick<Services, 'outbound'>,
  providers: readonly { readonly id: string; readonly config: Readonly<Record<string, unknown>> }[],
): Promise<string | undefined> {
  for (const { id, config } of providers) {
    const reason = await checkProvider(services, id, config);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

async function checkProvider(
  services: Pick<Services, 'outbound'>,
  id: string,
  config: Readonly<Record<string, unknown>>,
): Promise<string | undefined> {
  const needed = ['OIDC_SERVER', 'CLIENT_ID', ...(config.PUBLIC_CLIENT === true ? [] : ['CLIENT_SECRET'])];
  const missing = needed.find(
    (name) => config[name] === undefined || config[name] === null || config[name] === '',
  );
  if (missing !== undefined) return `${missing} is missing on OIDC service ${id}`;
  const parsed = oidcConfigSchema.safeParse(config);
  if (!parsed.success) {
    const names = parsed.error.issues.map(({ path }) => path.join('.')).join(', ');
    return `OIDC service ${id} is not valid: ${names} has a wrong value`;
  }
  try {
    const access = { insecure: parsed.data.DEBUGGING ?? false, timeoutMs };
    const metadata = await loadOidcMetadata(services, parsed.data, access);
    const scopes = scopesToAsk(parsed.data, metadata);
    if (scopes.length === 0)
      return `OIDC service ${id} is not valid: none of LOGIN_SCOPES is supported there`;
    if (scopes.includes('openid')) return undefined;
    return `OIDC service ${id} is not valid: LOGIN_SCOPES must include openid, and the provider must support it`;
  } catch (error) {
    const cause = error instanceof Error ? error.message : 'unknown reason';
    return `OIDC service ${id} is not valid: ${cause}`;
  }
}
