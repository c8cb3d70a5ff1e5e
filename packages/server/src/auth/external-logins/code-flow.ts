import type { Configuration, IDToken, UserInfoResponse } from 'openid-client';
import { DomainError } from '#/domain/errors.ts';
import type { Services } from '#/domain/services.ts';
import { type ProviderAccess, providerFailed, providerFetch } from './call-provider.ts';
import type { SignInAttempt } from './define-external-login.ts';

/** What the authorization code flow needs to know of a service (RFC 6749, RFC 7636, OpenID Connect Core). */
export interface CodeFlowService {
  readonly title: string;
  readonly access: ProviderAccess;
  readonly metadata: {
    readonly issuer: string;
    readonly authorization_endpoint: string;
    readonly token_endpoint: string;
    readonly userinfo_endpoint?: string | undefined;
    readonly jwks_uri?: string | undefined;
    readonly id_token_signing_alg_values_supported?: readonly string[] | undefined;
    readonly authorization_response_iss_parameter_supported?: boolean | undefined;
  };
  readonly clientId: string;
  /** Undefined for a public client. */
  readonly clientSecret: string | undefined;
  readonly clientAuthentication: 'post' | 'basic';
  readonly scopes: readonly string[];
  /** Method of PKCE; undefined leaves it out. */
  readonly pkce: 'S256' | 'plain' | undefined;
  /** An ID token must come, with our nonce. */
  readonly openid: boolean;
}

export interface CodeFlowResult {
  readonly accessToken: string;
  readonly idToken: string | undefined;
  /** Of the ID token, whose signature, issuer, audience, nonce and times were checked. */
  readonly claims: IDToken | undefined;
}

/** The authorization code flow at one service; keeps the service's keys for the time of its life. */
export interface CodeFlow {
  authorizationUrl(attempt: SignInAttempt): Promise<URL>;
  /** Throws DomainError `denied`, `invalid_credentials`, `external_service_failed`. */
  exchange(attempt: SignInAttempt, callback: URLSearchParams): Promise<CodeFlowResult>;
  /** Claims of the userinfo endpoint about this very subject. */
  userInfo(accessToken: string, subject: string): Promise<UserInfoResponse>;
}

/** Seconds by which clocks may differ. */
export const leewaySeconds = 30;
const longestReason = 200;

type Client = typeof import('openid-client');

export function createCodeFlow(services: Services, service: CodeFlowService): CodeFlow {
  let opened: Promise<{ readonly client: Client; readonly configuration: Configuration }> | undefined;
  const open = () => {
    opened ??= configure(services, service);
    return opened;
  };
  return {
    async authorizationUrl({ redirectUri, state, nonce, codeVerifier }) {
      const { client, configuration } = await open();
      return client.buildAuthorizationUrl(configuration, {
        redirect_uri: redirectUri,
        scope: service.scopes.join(' '),
        state,
        ...(service.openid ? { nonce } : {}),
        ...(service.pkce === undefined
          ? {}
          : {
              code_challenge:
                service.pkce === 'S256'
                  ? await client.calculatePKCECodeChallenge(codeVerifier)
                  : codeVerifier,
              code_challenge_method: service.pkce,
            }),
      });
    },
    async exchange({ redirectUri, state, nonce, codeVerifier }, callback) {
      const { client, configuration } = await open();
      const came = new URL(redirectUri);
      came.search = callback.toString();
      return await telling(service, client, async () => {
        const tokens = await client.authorizationCodeGrant(configuration, came, {
          expectedState: state,
          ...(service.openid ? { expectedNonce: nonce, idTokenExpected: true } : {}),
          ...(service.pkce === undefined ? {} : { pkceCodeVerifier: codeVerifier }),
        });
        const claims = service.openid ? tokens.claims() : undefined;
        if (claims !== undefined) refuseFromFuture(services, claims);
        return { accessToken: tokens.access_token, idToken: tokens.id_token, claims };
      });
    },
    async userInfo(accessToken, subject) {
      const { client, configuration } = await open();
      return await telling(service, client, () => client.fetchUserInfo(configuration, accessToken, subject));
    },
  };
}

async function configure(services: Services, service: CodeFlowService) {
  const client = await import('openid-client');
  const { clientSecret } = service;
  const authenticate =
    service.clientAuthentication === 'post' ? client.ClientSecretPost : client.ClientSecretBasic;
  const configuration = new client.Configuration(
    definedMetadata(service.metadata),
    service.clientId,
    {
      [client.clockSkew]: Math.round((services.clock.nowMs() - Date.now()) / 1000),
      [client.clockTolerance]: leewaySeconds,
    },
    clientSecret === undefined ? client.None() : authenticate(clientSecret),
  );
  configuration[client.customFetch] = providerFetch(services, service.access);
  if (service.access.insecure) client.allowInsecureRequests(configuration);
  // The signature too, although the token comes straight from the service: a proxy that opens TLS must not sign people in.
  if (service.openid) client.enableNonRepudiationChecks(configuration);
  return { client, configuration };
}

function definedMetadata(metadata: CodeFlowService['metadata']) {
  const { issuer, ...rest } = metadata;
  const defined = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  return { issuer, ...defined };
}

function refuseFromFuture({ clock }: Services, { iat }: IDToken): void {
  if (iat * 1000 <= clock.nowMs() + leewaySeconds * 1000) return;
  throw new DomainError('invalid_credentials', 'The sign-in is dated in the future: compare the clocks.');
}

/** Turns what the library throws into what people may read. */
async function telling<T>(service: CodeFlowService, client: Client, work: () => Promise<T>): Promise<T> {
  const { title } = service;
  try {
    return await work();
  } catch (error) {
    if (error instanceof DomainError) throw error;
    if (error instanceof client.AuthorizationResponseError) {
      const told = error.error === 'access_denied' ? 'the sign-in was cancelled or refused' : error.error;
      throw new DomainError(
        'denied',
        `${title} did not sign you in: ${plain(told, error.error_description)}.`,
      );
    }
    if (error instanceof client.ResponseBodyError) {
      const reason =
        error.error === 'invalid_grant'
          ? 'the code is not valid any more. Sign in again'
          : plain(error.error, error.error_description);
      throw new DomainError('invalid_credentials', `${title} refused: ${reason}.`, { cause: error });
    }
    if (error instanceof client.ClientError && proofErrors.has(error.code ?? '')) {
      throw new DomainError('invalid_credentials', `What ${title} answered could not be verified.`, {
        cause: error,
      });
    }
    throw providerFailed(title, error);
  }
}

/** Codes of oauth4webapi for answers that came, and prove nothing. */
const proofErrors: ReadonlySet<string> = new Set([
  'OAUTH_INVALID_RESPONSE',
  'OAUTH_JWT_CLAIM_COMPARISON_FAILED',
  'OAUTH_JWT_TIMESTAMP_CHECK_FAILED',
  'OAUTH_JWT_USERINFO_EXPECTED',
  'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED',
  'OAUTH_KEY_SELECTION_FAILED',
  'OAUTH_MISSING_SERVER_METADATA',
  'OAUTH_PARSE_ERROR',
  'OAUTH_UNSUPPORTED_OPERATION',
]);

/** Words of the service, short and on one line. */
function plain(error: string, description: string | undefined): string {
  const text = description === undefined || description === '' ? error : `${error} (${description})`;
  return text.replaceAll(/[\p{Cc}\s]+/gu, ' ').slice(0, longestReason);
}
