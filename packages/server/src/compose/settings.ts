import { hkdfSync } from 'node:crypto';
import { join } from 'node:path';
import type { ApiSettings } from '#/api/api-services.ts';
import type { SessionCookieSettings } from '#/auth/sessions/session-cookie.ts';
import type { AuthSettings } from '#/auth/settings.ts';
import type { Configuration } from '#/config/configuration.ts';
import { describeConfiguration } from '#/config/describe-configuration.ts';
import { publicConfiguration } from '#/config/public-configuration.ts';
import type { ServiceKeyRetention } from '#/domain/service-keys/index.ts';
import type { DomainSettings, QueueNames } from '#/domain/services.ts';
import type { LoginSettings } from '#/login/login-services.ts';
import type { HealthSettings, InstanceSettings, OpsServices } from '#/ops/ops-services.ts';
import type { MailerSettings } from '#/platform/mailer.ts';
import type { OutboundSettings } from '#/platform/outbound-http.ts';
import type { RedisTarget } from '#/platform/redis-connection.ts';
import type { RegistrySettings } from '#/registry/settings.ts';
import { readChangeLog } from './read-change-log.ts';

/** Largest manifest, the least that the OCI distribution specification asks registries to take. */
const maximumManifestSizeBytes = 4 * 1024 ** 2;

/** The parts of the configuration that the rules depend on. */
export function domainSettings({
  access,
  database,
  interface: ui,
  logs,
  outbound,
  registry,
  secrets,
  server,
  timeMachine,
  workers,
}: Configuration): DomainSettings {
  return {
    superUsers: access.superUsers,
    globalReaders: ui.globalReadonlySuperUsers,
    featureSuperUsers: access.featureSuperUsers,
    featureAnonymousAccess: access.featureAnonymousAccess,
    featureAppSpecificTokens: access.featureAppSpecificTokens,
    featureRequireEncryptedBasicAuth: access.featureRequireEncryptedBasicAuth,
    featureExtendedRepositoryNames: registry.featureExtendedRepositoryNames,
    featureLibrarySupport: registry.featureLibrarySupport,
    featurePublicCatalog: registry.featurePublicCatalog,
    featureSparseIndex: registry.featureSparseIndex,
    featureReferrersApi: registry.featureReferrersApi,
    featureUserLastAccessed: access.featureUserLastAccessed,
    lastAccessedUpdateThresholdSeconds: access.lastAccessedUpdateThresholdSeconds,
    oauthTokenUpdateThresholdSeconds: access.oauthTokenUpdateThresholdSeconds,
    libraryNamespace: registry.libraryNamespace,
    createPrivateRepositoryOnPush:
      registry.createPrivateRepositoryOnPush && registry.createRepositoryOnPushPublic !== true,
    featureOciManifests: registry.featureOciManifests,
    createNamespaceOnPush: registry.createNamespaceOnPush,
    defaultTagExpirationSeconds: timeMachine.defaultTagExpirationSeconds,
    namespaceDeletionGrace: {
      seconds: timeMachine.namespaceDeletionGraceSeconds,
      namespaces: timeMachine.namespaceDeletionGraceNamespaces,
    },
    pushTemporaryTagExpirationSeconds: secrets.pushTemporaryTagExpirationSeconds,
    maximumLayerSizeBytes: server.maximumLayerSizeBytes,
    maximumManifestSizeBytes,
    pullsWithoutStrictLogging: database.allowPullsWithoutStrictLogging || database.allowWithoutStrictLogging,
    labelKeyReservedPrefixes: registry.labelKeyReservedPrefixes,
    readOnly: server.registryState === 'readonly',
    ...(server.serverHostname === undefined
      ? {}
      : { publicUrl: `${server.preferredUrlScheme}://${server.serverHostname}` }),
    notifications: {
      registryTitle: ui.registryTitle,
      sendTimeoutSeconds: outbound.notificationSendTimeoutSeconds,
    },
    externalAccounts: {
      allowed: access.featureUserCreation,
      onlyInvited: access.featureInviteOnlyUserCreation,
      confirmsUsername: access.featureUsernameConfirmation,
      asksForMetadata: ui.featureUserMetadata,
      refusedEmailDomains: refusedEmailDomains(ui),
    },
    actionLog: logs,
    logExport: {
      folder: logs.exportPath.replaceAll(/^\/|\/$/g, ''),
      maximumSeconds: logs.exportMaximumSeconds,
      maximumQuerySeconds: logs.exportMaximumQuerySeconds,
      linkSeconds: logs.exportLinkSeconds,
    },
    queueNames: queueNames(workers),
    labeledExpiration: {
      minimumSeconds: timeMachine.labeledExpirationMinimumSeconds,
      maximumSeconds: timeMachine.labeledExpirationMaximumSeconds,
    },
    featureMailing: access.featureMailing,
    featureOrganizationSharedEmail: access.featureOrganizationSharedEmail,
    ...(ui.featureRestrictedUsers
      ? {
          restrictedUsers: {
            exceptions: ui.restrictedUsersWhitelist ?? [],
            includeRobots: ui.restrictedUserIncludeRobots,
          },
        }
      : {}),
    robots: { disallowed: access.robotsDisallow, exceptions: access.robotsWhitelist },
    ...(access.appSpecificTokenExpirationSeconds == null
      ? {}
      : { appSpecificTokenExpirationSeconds: access.appSpecificTokenExpirationSeconds }),
  };
}

export function registrySettings({ registry, secrets, server, storage }: Configuration): RegistrySettings {
  return {
    advertiseV2: registry.featureAdvertiseV2,
    blacklistV2Spec: registry.blacklistV2Spec,
    featureLibrarySupport: registry.featureLibrarySupport,
    libraryNamespace: registry.libraryNamespace,
    featureExtendedRepositoryNames: registry.featureExtendedRepositoryNames,
    featureReferrersApi: registry.featureReferrersApi,
    featureSparseIndex: registry.featureSparseIndex,
    paginationSize: registry.paginationSize,
    maximumManifestSizeBytes,
    maximumLayerSizeBytes: server.maximumLayerSizeBytes,
    readOnly: server.registryState === 'readonly',
    pushesDisabled: registry.disablePushes,
    accelRedirectPrefix: storage.accelRedirectPrefix,
    pageTokenKey: pageTokenKey(secrets),
  };
}

/** One of each key `*_QUEUE_NAME` of a queue that exists. */
export function queueNames(workers: Configuration['workers']): QueueNames {
  return {
    notifications: workers.notificationQueueName,
    builds: workers.buildQueueName,
    replication: workers.replicationQueueName,
    repositoryDeletion: workers.repositoryDeletionQueueName,
    namespaceDeletion: workers.namespaceDeletionQueueName,
    logExport: workers.logExportQueueName,
  };
}

function pageTokenKey({ pageTokenKey: own, secretKey }: Configuration['secrets']): Buffer {
  return derivedKey(own == null ? secretKey : Buffer.from(own), 'wharf page tokens');
}

function derivedKey(secretKey: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secretKey, '', purpose, 32));
}

function refusedEmailDomains(ui: Configuration['interface']): readonly string[] {
  return ui.featureRefusedEmailDomains ? ui.refusedEmailDomains.map((domain) => domain.toLowerCase()) : [];
}

/** Of the session cookie; every surface that knows browsers uses the same one. */
export function sessionSettings({ sessions, secrets, server }: Configuration): SessionCookieSettings {
  return {
    name: sessions.sessionCookieName,
    secure:
      sessions.sessionCookieSecure ||
      (server.preferredUrlScheme === 'https' && !sessions.forceNonsecureSessionCookie),
    httpOnly: sessions.sessionCookieHttpOnly,
    sameSite: sessions.sessionCookieSameSite,
    permanent: sessions.featurePermanentSessions,
    lifeSeconds: sessions.sessionTimeoutSeconds,
    key: derivedKey(secrets.secretKey, 'wharf session cookies'),
  };
}

export function loginSettings(configuration: Configuration): LoginSettings {
  return {
    session: sessionSettings(configuration),
    corsOrigins: configuration.server.corsOrigin,
    registryTitle: configuration.interface.registryTitle,
    userRecoveryTokenLifeSeconds: configuration.interface.userRecoveryTokenLifeSeconds,
    featureDirectLogin: configuration.access.featureDirectLogin,
    captcha: captchaSettings(configuration.interface),
    oauth: {
      directClientIds: configuration.interface.directOauthClientIds,
      localHandler: configuration.interface.localOauthHandler,
      featureAssignToken: configuration.interface.featureAssignOauthToken ?? true,
      onlyAssignedAuthorize: configuration.interface.featureAssignOauthToken === true,
    },
  };
}

function captchaSettings({ featureCaptcha, captchaSecretKey, captchaSiteKey }: Configuration['interface']) {
  if (!featureCaptcha || captchaSecretKey === undefined) return undefined;
  return { secretKey: captchaSecretKey, siteKey: captchaSiteKey ?? '' };
}

/** What `/api/v1` depends on; `setupToken` is of this start. */
export function apiSettings(configuration: Configuration, setupToken: string | undefined): ApiSettings {
  const { access, interface: ui, ldap, logs, secrets, server, timeMachine } = configuration;
  return {
    featureUserInitialize: access.featureUserInitialize,
    setupComplete: server.setupComplete,
    authenticationType: access.authenticationType,
    secretKey: secrets.secretKey,
    setupToken,
    session: sessionSettings(configuration),
    pageTokenKey: pageTokenKey(secrets),
    freshLoginSeconds: ui.freshLoginSeconds,
    browserCallsByScriptOnly: ui.browserCallsByScriptOnly,
    corsOrigins: server.corsOrigin,
    registryTitle: ui.registryTitle,
    featureAggregatedLogCounts: logs.featureAggregatedCounts,
    featureLogExport: logs.featureExport,
    logMaximumPages: logs.maximumPages,
    featureAppSpecificTokens: access.featureAppSpecificTokens,
    featureChangeTagExpiration: timeMachine.featureChangeTagExpiration,
    captcha: captchaSettings(ui),
    captchaExceptions: ui.captchaExceptions,
    featureDirectLogin: access.featureDirectLogin,
    featureInviteOnlyUserCreation: access.featureInviteOnlyUserCreation,
    featureMailing: access.featureMailing,
    featurePartialUserAutocomplete: ui.featurePartialUserAutocomplete,
    featureRepositoryMirror: ui.featureRepositoryMirror,
    featureRequireTeamInvite: ui.featureRequireTeamInvite,
    featureSecurityScanner: ui.featureSecurityScanner,
    featureSigning: ui.featureSigning,
    featureSuperUsers: access.featureSuperUsers,
    featureSuperuserConfigurationDump: access.featureSuperuserConfigurationDump,
    featureSuperusersFullAccess: ui.featureSuperusersFullAccess,
    featureSuperusersOrganizationCreationOnly: ui.featureSuperusersOrganizationCreationOnly,
    featureTeamSyncing: ui.featureTeamSyncing,
    groupBaseDn: access.authenticationType === 'LDAP' ? ldap.baseDn.join(',') : undefined,
    featureNonsuperuserTeamSyncingSetup: ui.featureNonsuperuserTeamSyncingSetup,
    featureUserCreation: access.featureUserCreation,
    featureUserMetadata: ui.featureUserMetadata,
    featureUserRename: ui.featureUserRename,
    featureRestrictedUsers: ui.featureRestrictedUsers,
    restrictedUsersWhitelist: ui.restrictedUsersWhitelist,
    globalReadonlySuperUsers: ui.globalReadonlySuperUsers,
    publicNamespaces: ui.publicNamespaces,
    isHostedService: server.serverHostname?.includes('quay.io') ?? false,
    featureAssignOauthToken: ui.featureAssignOauthToken ?? true,
    oauthApplicationMostTokens: ui.oauthApplicationMostTokens,
    permanentlyDeleteTags: ui.permanentlyDeleteTags,
    refusedEmailDomains: refusedEmailDomains(ui),
    searchResultsPerPage: ui.searchResultsPerPage,
    searchMaximumResultPages: ui.searchMaximumResultPages,
    serviceKeyRetention: serviceKeyRetention(configuration),
    tagExpirationOptionSeconds: timeMachine.tagExpirationOptionsSeconds,
    describeConfiguration: () => describeConfiguration(configuration.values, process.env),
    readChangeLog,
  };
}

export function authSettings({ access, secrets }: Configuration, dataDirectory: string): AuthSettings {
  return {
    engine: access.authenticationType.toLowerCase(),
    secretKey: secrets.secretKey,
    registryTokenMaximumLifeSeconds: secrets.registryTokenMaximumAgeSeconds,
    instanceKey: {
      service: secrets.instanceServiceKeyService,
      kidPath: secrets.instanceServiceKeyKidLocation ?? join(dataDirectory, 'keys', 'quay.kid'),
      privateKeyPath: secrets.instanceServiceKeyLocation ?? join(dataDirectory, 'keys', 'quay.pem'),
      lifeSeconds: secrets.instanceServiceKeyExpirationMinutes * 60,
      unapprovedKeyLifeSeconds: secrets.unapprovedServiceKeyLifeSeconds,
      expiredKeyLifeSeconds: secrets.expiredServiceKeyLifeSeconds,
    },
  };
}

/** What the engine of `AUTHENTICATION_TYPE` needs, in the shape that its `config` schema takes. */
function authEngineConfig({ access, jwt, keystone, ldap }: Configuration): unknown {
  const emailRequired = access.featureMailing;
  switch (access.authenticationType) {
    case 'LDAP':
      return { ...ldap, emailRequired };
    case 'JWT':
      return {
        ...jwt,
        queryEndpoint: jwt.queryEndpoint || undefined,
        getUserEndpoint: jwt.getUserEndpoint || undefined,
        emailRequired,
      };
    case 'Keystone':
      return { ...keystone, emailRequired };
    default:
      return {};
  }
}

/** The engine that `AUTHENTICATION_TYPE` names, and what it is opened with. */
export function authEngineSettings(configuration: Configuration): {
  readonly name: string;
  readonly config: unknown;
} {
  const name = configuration.access.authenticationType.toLowerCase();
  return { name, config: authEngineConfig(configuration) };
}

/** What documents about this installation say. */
export function instanceSettings(configuration: Configuration): InstanceSettings {
  return {
    publicConfiguration: publicConfiguration(configuration.values),
    session: sessionSettings(configuration),
    corsOrigins: configuration.server.corsOrigin,
  };
}

/** How long service keys stay that are no longer of use, or not yet. */
export function serviceKeyRetention({ secrets }: Configuration): ServiceKeyRetention {
  return {
    unapprovedKeyLifeSeconds: secrets.unapprovedServiceKeyLifeSeconds,
    expiredKeyLifeSeconds: secrets.expiredServiceKeyLifeSeconds,
  };
}

/** How mail leaves; undefined when the configuration sends none. */
export function mailerSettings({ access, mail }: Configuration): MailerSettings | undefined {
  return access.featureMailing && mail.server !== '' ? mail : undefined;
}

/** Where requests on behalf of users may go. */
export function outboundSettings({ outbound }: Configuration): OutboundSettings {
  const { allowedHosts, blockedHosts, allowPrivateAddresses } = outbound;
  return { allowedHosts, blockedHosts, allowPrivateAddresses, proxyEnvironment: process.env };
}

/** Every Redis of the configuration, for health. */
export function redisTargets({ redis }: Configuration): readonly RedisTarget[] {
  return [redis.userEvents, redis.buildLogs].flatMap((connection) => redisTarget(connection) ?? []);
}

/** A connection of the configuration, whose shape was checked when it was loaded. */
export function redisTarget(
  connection: Readonly<Record<string, unknown>> | undefined,
): RedisTarget | undefined {
  return connection as RedisTarget | undefined;
}

export function healthSettings(
  { health, secrets, server }: Configuration,
  dataDirectory: string,
): HealthSettings {
  const secret = health.debugSecret;
  return {
    diskSpaceThreshold: health.diskSpaceThreshold,
    diskSpaceWarningThreshold: health.diskSpaceWarningThreshold,
    debug:
      secret === undefined
        ? undefined
        : {
            secret,
            // Another debug secret ends the sessions that this one opened.
            cookieKey: Buffer.from(hkdfSync('sha256', secrets.secretKey, secret, 'wharf health debug', 32)),
          },
    checkAllStorage: health.validateAllStorageEndToEnd,
    requireAllStorage: health.requireAllStorage,
    instanceChecksStorage: health.instanceChecksStorage === true,
    testing: server.testing,
    diskPaths: [dataDirectory],
  };
}

/** Where uploads of people lie. */
export function userFileSettings({ storage }: Configuration): OpsServices['userFiles'] {
  return { location: storage.userFilesLocation, folder: storage.userFilesPath.replaceAll(/^\/|\/$/g, '') };
}
