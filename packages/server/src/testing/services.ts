import { randomBytes, randomUUID } from 'node:crypto';
import type { Database } from '#/db/database.ts';
import type { DomainSettings, Services } from '#/domain/services.ts';
import { systemClock } from '#/platform/clock.ts';
import { createEventBus } from '#/platform/events.ts';
import { silentLogger } from '#/platform/logger.ts';
import { createPasswordHasher } from '#/platform/password-hasher.ts';
import { createSecretBox } from '#/platform/secret-box.ts';
import { createStorage } from '#/storage/create-storage.ts';
import { createMemoryDriver } from '#/storage/drivers/memory.ts';

/** What a configuration without any key gives, for tests to vary. */
export const testSettings: DomainSettings = {
  superUsers: [],
  featureSuperUsers: true,
  featureAnonymousAccess: true,
  featureAppSpecificTokens: true,
  featureRequireEncryptedBasicAuth: false,
  featureExtendedRepositoryNames: true,
  featureLibrarySupport: true,
  featurePublicCatalog: false,
  featureSparseIndex: false,
  featureReferrersApi: true,
  featureUserLastAccessed: true,
  lastAccessedUpdateThresholdSeconds: 60,
  libraryNamespace: 'library',
  createPrivateRepositoryOnPush: true,
  createNamespaceOnPush: false,
  defaultTagExpirationSeconds: 14 * 24 * 3600,
  pushTemporaryTagExpirationSeconds: 3600,
  maximumLayerSizeBytes: 20 * 1024 ** 3,
  maximumManifestSizeBytes: 4 * 1024 ** 2,
  pullsWithoutStrictLogging: false,
  labelKeyReservedPrefixes: [],
  readOnly: false,
};

/** Real services for a test: the given database, a store in memory unless given, cheap bcrypt rounds. */
export function createTestServices(
  overrides: Partial<Omit<Services, 'settings' | 'database'>> & {
    readonly database: Database;
    readonly settings?: Partial<DomainSettings>;
  },
): Services {
  const { settings, ...rest } = overrides;
  return {
    storage: createStorage([{ name: 'default', driver: createMemoryDriver() }]),
    clock: systemClock,
    logger: silentLogger(),
    events: createEventBus(),
    secretBox: createSecretBox(randomBytes(32)),
    passwordHasher: createPasswordHasher({ rounds: 4 }),
    nodeId: randomUUID(),
    ...rest,
    settings: { ...testSettings, ...settings },
  };
}
