import type { ConfigurationControl } from '#/api/configuration-control.ts';
import type { BasicAuth } from '#/auth/authenticate-basic.ts';
import type { ExternalSignIns } from '#/auth/external-logins/external-sign-ins.ts';
import type { SessionCookieSettings } from '#/auth/sessions/session-cookie.ts';
import type { ServiceKeyRetention } from '#/domain/service-keys/index.ts';
import type { Services } from '#/domain/services.ts';
import type { TrustStore } from '#/platform/certificates/trust-store.ts';

/** The running configuration as superusers see it. */
interface ConfigurationDescription {
  readonly config: Readonly<Record<string, unknown>>;
  readonly warning: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, unknown>>;
  readonly schema: Readonly<Record<string, unknown>>;
}

/** What handlers of `/api/v1` depend on of the configuration; compose fills it. Times are seconds. */
export interface ApiSettings {
  /** `FEATURE_USER_INITIALIZE` */
  readonly featureUserInitialize: boolean;
  /** `SETUP_COMPLETE` */
  readonly setupComplete: boolean;
  /** `AUTHENTICATION_TYPE` */
  readonly authenticationType: string;
  /** `SECRET_KEY` as 32 bytes: the key of encrypted passwords. */
  readonly secretKey: Buffer;
  /** What creating the first user needs beside its data when the server listens on more than loopback. */
  readonly setupToken: string | undefined;
  readonly session: SessionCookieSettings;
  /** 32 bytes: the key of `next_page` tokens. */
  readonly pageTokenKey: Buffer;
  readonly freshLoginSeconds: number;
  /** `BROWSER_API_CALLS_XHR_ONLY` */
  readonly browserCallsByScriptOnly: boolean;
  /** `CORS_ORIGIN` */
  readonly corsOrigins: readonly string[];
  readonly registryTitle: string;
  readonly featureAggregatedLogCounts: boolean;
  readonly featureLogExport: boolean;
  /** `ACTION_LOG_MAX_PAGE` */
  readonly logMaximumPages: number | undefined;
  readonly featureAppSpecificTokens: boolean;
  readonly featureAssignOauthToken: boolean;
  readonly featureChangeTagExpiration: boolean;
  /** `FEATURE_RECAPTCHA` with its secret key; tests put a service of their own in the place of the real one. */
  readonly captcha:
    | { readonly secretKey: string; readonly verificationUrl?: string; readonly timeLimitMs?: number }
    | undefined;
  /** `RECAPTCHA_WHITELISTED_USERS` */
  readonly captchaExceptions: readonly string[];
  readonly featureDirectLogin: boolean;
  readonly featureInviteOnlyUserCreation: boolean;
  readonly featureMailing: boolean;
  readonly featurePartialUserAutocomplete: boolean;
  readonly featureRepositoryMirror: boolean;
  readonly featureRequireTeamInvite: boolean;
  readonly featureSecurityScanner: boolean;
  readonly featureSigning: boolean;
  readonly featureSuperUsers: boolean;
  readonly featureSuperuserConfigurationDump: boolean;
  readonly featureSuperusersFullAccess: boolean;
  readonly featureSuperusersOrganizationCreationOnly: boolean;
  readonly featureTeamSyncing: boolean;
  /** `LDAP_BASE_DN` with `AUTHENTICATION_TYPE: LDAP` */
  readonly groupBaseDn: string | undefined;
  readonly featureNonsuperuserTeamSyncingSetup: boolean;
  readonly featureUserCreation: boolean;
  readonly featureUserMetadata: boolean;
  readonly featureUserRename: boolean;
  readonly featureRestrictedUsers: boolean;
  readonly restrictedUsersWhitelist: readonly string[] | undefined;
  readonly globalReadonlySuperUsers: readonly string[];
  readonly publicNamespaces: readonly string[];
  /** `SERVER_HOSTNAME` is of the hosted service, which does not have every operation. */
  readonly isHostedService: boolean;
  /** `OAUTH_APPLICATION_MAXIMUM_TOKEN_COUNT` */
  readonly oauthApplicationMostTokens: number | undefined;
  readonly permanentlyDeleteTags: boolean;
  /** `BLACKLISTED_EMAIL_DOMAINS`, lower case; empty unless `FEATURE_BLACKLISTED_EMAILS`. */
  readonly refusedEmailDomains: readonly string[];
  readonly searchResultsPerPage: number;
  readonly searchMaximumResultPages: number;
  readonly serviceKeyRetention: ServiceKeyRetention;
  readonly tagExpirationOptionSeconds: readonly number[];
  /** The running configuration with every secret masked. */
  describeConfiguration(): ConfigurationDescription;
  /** The change log of this version as Markdown. */
  readChangeLog(): Promise<string>;
}

/** Everything that handlers of `/api/v1` use. */
export interface ApiServices {
  readonly domain: Services;
  readonly settings: ApiSettings;
  /** Where the passwords of people are checked. */
  readonly basic: BasicAuth;
  /** Where people sign in instead. */
  readonly external: ExternalSignIns;
  /** Files of additional authorities. */
  readonly certificates: Pick<TrustStore, 'current' | 'refresh'>;
  readonly configuration: ConfigurationControl;
}
