import type { Database } from '#/db/database.ts';
import type { Clock } from '#/platform/clock.ts';
import type { EventBus } from '#/platform/events.ts';
import type { Logger } from '#/platform/logger.ts';
import type { Mailer } from '#/platform/mailer.ts';
import type { OutboundHttp } from '#/platform/outbound-http.ts';
import type { PasswordHasher } from '#/platform/password-hasher.ts';
import type { SecretBox } from '#/platform/secret-box.ts';
import type { Storage } from '#/storage/storage.ts';
import type { ListLimits } from './list-limits.ts';

/** What the action log leaves out; the rest is always recorded. */
export interface ActionLogSettings {
  /** `ACTION_LOG_AUDIT_LOGINS` */
  readonly auditLogins: boolean;
  /** `ACTION_LOG_AUDIT_LOGIN_FAILURES` and its siblings. */
  readonly auditLoginFailures: boolean;
  readonly auditPullFailures: boolean;
  readonly auditPushFailures: boolean;
  readonly auditDeleteFailures: boolean;
  /** `FEATURE_EXTENDED_ACTION_LOGGING`: entries tell about their requests. Absent: off. */
  readonly extended?: boolean;
  /** Names of namespaces without any entry. */
  readonly disabledForAuditLogs: readonly string[];
  /** Names of namespaces without entries of pulls. */
  readonly disabledForPullLogs: readonly string[];
  /** No namespace has entries of pulls: there are no paid plans here, so every one counts as free. */
  readonly disablePullLogsForFreeNamespaces: boolean;
}

/** How exports of the action log are made; absent: the defaults of the configuration. */
export interface LogExportSettings {
  /** Folder in the store, without slashes at its ends. */
  readonly folder: string;
  readonly maximumSeconds: number;
  readonly maximumQuerySeconds: number;
  /** How long an export can be fetched. */
  readonly linkSeconds: number;
}

/** What work queues are called, by the keys `*_QUEUE_NAME`: names without a slash, each another one. */
export interface QueueNames {
  readonly notifications: string;
  readonly builds: string;
  readonly replication: string;
  readonly repositoryDeletion: string;
  readonly namespaceDeletion: string;
  readonly logExport: string;
}

/** How notifications go out; absent: the defaults of the configuration. */
export interface NotificationSettings {
  /** `REGISTRY_TITLE`, the name in mails. */
  readonly registryTitle: string;
  /** `NOTIFICATION_SEND_TIMEOUT` */
  readonly sendTimeoutSeconds: number;
}

/** How people whom another system vouches for get accounts; absent: freely, without questions. */
export interface ExternalAccountRules {
  /** `FEATURE_USER_CREATION` */
  readonly allowed: boolean;
  /** `FEATURE_INVITE_ONLY_USER_CREATION` */
  readonly onlyInvited: boolean;
  /** `FEATURE_USERNAME_CONFIRMATION` */
  readonly confirmsUsername: boolean;
  /** `FEATURE_USER_METADATA` */
  readonly asksForMetadata: boolean;
  /** Domains whose addresses are refused; their subdomains too. */
  readonly refusedEmailDomains: readonly string[];
}

/** What the rules depend on of the configuration; compose.ts fills it. Times are seconds. */
export interface DomainSettings {
  readonly superUsers: readonly string[];
  /** `GLOBAL_READONLY_SUPER_USERS`; absent: nobody. */
  readonly globalReaders?: readonly string[];
  readonly featureSuperUsers: boolean;
  readonly featureAnonymousAccess: boolean;
  readonly featureAppSpecificTokens: boolean;
  readonly featureRequireEncryptedBasicAuth: boolean;
  readonly featureExtendedRepositoryNames: boolean;
  readonly featureLibrarySupport: boolean;
  readonly featurePublicCatalog: boolean;
  readonly featureSparseIndex: boolean;
  readonly featureReferrersApi: boolean;
  readonly featureUserLastAccessed: boolean;
  readonly lastAccessedUpdateThresholdSeconds: number;
  /** `OAUTH_TOKEN_LAST_ACCESSED_UPDATE_THRESHOLD_S`; absent: as of accounts. */
  readonly oauthTokenUpdateThresholdSeconds?: number;
  readonly libraryNamespace: string;
  readonly createPrivateRepositoryOnPush: boolean;
  readonly createNamespaceOnPush: boolean;
  /** `FEATURE_GENERAL_OCI_SUPPORT`; absent: on. */
  readonly featureOciManifests?: boolean;
  readonly defaultTagExpirationSeconds: number;
  readonly pushTemporaryTagExpirationSeconds: number;
  readonly maximumLayerSizeBytes: number;
  readonly maximumManifestSizeBytes: number;
  readonly pullsWithoutStrictLogging: boolean;
  readonly labelKeyReservedPrefixes: readonly string[];
  /** `FEATURE_ORG_SHARED_EMAIL`: organizations may have the address of a person. Absent: off. */
  readonly featureOrganizationSharedEmail?: boolean;
  /** `FEATURE_MAILING`: every person needs an e-mail address. Absent: off. */
  readonly featureMailing?: boolean;
  /** `APP_SPECIFIC_TOKEN_EXPIRATION`; absent: app tokens do not expire. */
  readonly appSpecificTokenExpirationSeconds?: number;
  /** What the action log records; absent: everything that is recorded by default. */
  readonly actionLog?: ActionLogSettings;
  readonly logExport?: LogExportSettings;
  /** Absent: the defaults of the configuration. */
  readonly queueNames?: QueueNames;
  /** `NAMESPACE_GC_GRACE_PERIOD_SECONDS` and the namespaces that it holds for; absent: purged at once. */
  readonly namespaceDeletionGrace?: { readonly seconds: number; readonly namespaces: readonly string[] };
  /** Scheme and host under which people reach this registry, without a slash at the end; absent while `SERVER_HOSTNAME` is unset. */
  readonly publicUrl?: string;
  readonly notifications?: NotificationSettings;
  readonly externalAccounts?: ExternalAccountRules;
  /** `LABELED_EXPIRATION_MINIMUM` and `LABELED_EXPIRATION_MAXIMUM`; absent: 1 hour and 104 weeks. */
  readonly labeledExpiration?: { readonly minimumSeconds: number; readonly maximumSeconds: number };
  /** `FEATURE_RESTRICTED_USERS` with `RESTRICTED_USERS_WHITELIST` and `RESTRICTED_USER_INCLUDE_ROBOTS`; absent: nobody is restricted. */
  readonly restrictedUsers?: { readonly exceptions: readonly string[]; readonly includeRobots: boolean };
  /** `ROBOTS_DISALLOW`, and the full names that `ROBOTS_WHITELIST` excepts; absent: robots are allowed. */
  readonly robots?: { readonly disallowed: boolean; readonly exceptions: readonly string[] };
  /** Absent: those of list-limits.ts. */
  readonly listLimits?: Partial<ListLimits>;
  /** `REGISTRY_STATE: readonly` */
  readonly readOnly: boolean;
}

/** Rights that the directory of `AUTHENTICATION_TYPE` gives a person, beside those of configuration and database. */
export interface DirectoryRights {
  readonly superuser: boolean;
  /** May read everything, as `GLOBAL_READONLY_SUPER_USERS` may. */
  readonly globalReader: boolean;
  /** With `FEATURE_RESTRICTED_USERS`; undefined: the directory does not say, and the rule of the configuration counts. */
  readonly restricted: boolean | undefined;
}

/** Everything that domain operations may use; passed as their first argument. */
export interface Services {
  readonly database: Database;
  readonly storage: Storage;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly events: EventBus;
  readonly secretBox: SecretBox;
  readonly passwordHasher: PasswordHasher;
  /** Absent without `FEATURE_MAILING` or `MAIL_SERVER`. */
  readonly mailer?: Mailer;
  /** The way out for HTTP; absent in commands and tests that need none. */
  readonly outbound?: OutboundHttp;
  readonly settings: DomainSettings;
  /** At most some seconds old; never throws for an outage of the directory. Absent where no directory gives rights. */
  readonly directoryRights?: (accountId: number) => Promise<DirectoryRights>;
  /** Random id of this process, the owner in leases and locks. */
  readonly nodeId: string;
}
