import { hkdfSync } from 'node:crypto';
import { join } from 'node:path';
import type { AuthSettings } from '#/auth/settings.ts';
import type { Configuration } from '#/config/configuration.ts';
import type { DomainSettings } from '#/domain/services.ts';
import type { HealthSettings } from '#/ops/ops-services.ts';
import type { RedisTarget } from '#/platform/redis-connection.ts';
import type { RegistrySettings } from '#/registry/settings.ts';

/** Largest manifest, the least that the OCI distribution specification asks registries to take. */
const maximumManifestSizeBytes = 4 * 1024 ** 2;

/** The parts of the configuration that the rules depend on. */
export function domainSettings({
  access,
  database,
  registry,
  secrets,
  server,
  timeMachine,
}: Configuration): DomainSettings {
  return {
    superUsers: access.superUsers,
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
    libraryNamespace: registry.libraryNamespace,
    createPrivateRepositoryOnPush: registry.createPrivateRepositoryOnPush,
    createNamespaceOnPush: registry.createNamespaceOnPush,
    defaultTagExpirationSeconds: timeMachine.defaultTagExpirationSeconds,
    pushTemporaryTagExpirationSeconds: secrets.pushTemporaryTagExpirationSeconds,
    maximumLayerSizeBytes: server.maximumLayerSizeBytes,
    maximumManifestSizeBytes,
    pullsWithoutStrictLogging: database.allowPullsWithoutStrictLogging || database.allowWithoutStrictLogging,
    labelKeyReservedPrefixes: registry.labelKeyReservedPrefixes,
    readOnly: server.registryState === 'readonly',
    featureMailing: access.featureMailing,
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
    pageTokenKey: Buffer.from(hkdfSync('sha256', secrets.secretKey, '', 'wharf page tokens', 32)),
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
    testing: server.testing,
    diskPaths: [dataDirectory],
  };
}
