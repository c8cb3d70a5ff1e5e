import type { BasicAuth } from '#/auth/authenticate-basic.ts';
import type { ExternalSignIns } from '#/auth/external-logins/external-sign-ins.ts';
import type { IssuerKeys } from '#/auth/federation/issuer-keys.ts';
import type { SessionCookieSettings } from '#/auth/sessions/session-cookie.ts';
import type { CaptchaSettings } from '#/auth/sessions/verify-captcha.ts';
import type { Services } from '#/domain/services.ts';

/** What the pages and calls around sign-in depend on of the configuration. */
export interface LoginSettings {
  readonly session: SessionCookieSettings;
  /** `CORS_ORIGIN` */
  readonly corsOrigins: readonly string[];
  readonly registryTitle: string;
  readonly userRecoveryTokenLifeSeconds: number;
  readonly featureDirectLogin: boolean;
  /** `FEATURE_RECAPTCHA` */
  readonly captcha: (CaptchaSettings & { readonly siteKey: string }) | undefined;
  readonly oauth: {
    /** `DIRECT_OAUTH_CLIENTID_WHITELIST` */
    readonly directClientIds: readonly string[];
    /** `LOCAL_OAUTH_HANDLER`, a path. */
    readonly localHandler: string;
    /** `FEATURE_ASSIGN_OAUTH_TOKEN` is not switched off: authorizations can be assigned. */
    readonly featureAssignToken: boolean;
    /** `FEATURE_ASSIGN_OAUTH_TOKEN` is switched on: who is no administrator needs an assignment. */
    readonly onlyAssignedAuthorize: boolean;
  };
}

/** Everything that handlers around sign-in use. */
export interface LoginServices {
  readonly domain: Services;
  readonly settings: LoginSettings;
  /** Where the passwords of people are checked. */
  readonly basic: BasicAuth;
  /** Where people sign in instead. */
  readonly external: ExternalSignIns;
  /** Of those who vouch for external identities. */
  readonly issuerKeys: IssuerKeys;
}
