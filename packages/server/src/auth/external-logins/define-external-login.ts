import type { z } from 'zod';
import type { Services } from '#/domain/services.ts';

/** A person as an external sign-in service knows one, after everything that the service said was checked. */
export interface ExternalIdentity {
  /** What the service calls the person for ever. */
  readonly identifier: string;
  /** What the person is called there now. */
  readonly username: string;
  /** Only an address that the service verified. */
  readonly email: string | undefined;
  /** Names of the groups there; undefined when the service tells none. */
  readonly groups?: readonly string[];
  /** The ID token that said so (OpenID Connect). */
  readonly idToken?: string;
}

/** One sign-in at a service: made by us, unguessable, and used once. */
export interface SignInAttempt {
  readonly redirectUri: string;
  readonly state: string;
  readonly nonce: string;
  /** The secret of PKCE (RFC 7636). */
  readonly codeVerifier: string;
}

/** Directory people are found by this value of the identity. */
export type BindingField = 'sub' | 'username' | 'email';

/** A service where people sign in instead of here. */
export interface ExternalLogin {
  /** `github`, `google`, or the lower-case id of an OIDC block: part of its URLs, and the service of its links to accounts. */
  readonly id: string;
  readonly kind: 'github' | 'google' | 'oidc';
  readonly title: string;
  /** A Font Awesome class or the URL of a picture. */
  readonly icon: string;
  /** What anybody may know of the configuration. */
  readonly publicSettings: Readonly<Record<string, unknown>>;
  /** `LOGIN_BINDING_FIELD` */
  readonly bindingField: BindingField | undefined;
  readonly superuserGroup?: string | undefined;
  readonly globalReaderGroup?: string | undefined;
  /** Where the browser signs in. Throws DomainError `external_service_failed`. */
  authorizationUrl(attempt: SignInAttempt): Promise<URL>;
  /**
   * Who came back, from the parameters of the callback. Throws DomainError `denied` (the service or its configuration refuses the
   * person), `invalid_credentials` (what came back proves nothing), `external_service_failed`.
   */
  identify(attempt: SignInAttempt, callback: URLSearchParams): Promise<ExternalIdentity>;
  /**
   * Whom a token of the service names; undefined when the token is not of this service. Throws DomainError `invalid_credentials`. Absent where tokens are
   * opaque.
   */
  identifyToken?(token: string): Promise<ExternalIdentity | undefined>;
}

interface ExternalLoginDefinition<Config> {
  readonly kind: ExternalLogin['kind'];
  readonly config: z.ZodType<Config>;
  create(services: Services, id: string, config: Config): ExternalLogin;
}

/** A kind of external login whose configuration type is hidden, for the list of all. */
export interface ExternalLoginPlug {
  readonly kind: ExternalLogin['kind'];
  /** Throws a ZodError when the configuration does not fit. */
  open(services: Services, id: string, config: unknown): ExternalLogin;
}

/** The one shape of all kinds of external logins. */
export function defineExternalLogin<Config>(definition: ExternalLoginDefinition<Config>): ExternalLoginPlug {
  return {
    kind: definition.kind,
    open: (services, id, config) => definition.create(services, id, definition.config.parse(config)),
  };
}
