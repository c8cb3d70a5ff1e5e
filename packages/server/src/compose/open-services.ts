import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import type { Configuration } from '#/config/configuration.ts';
import { type LoadedConfiguration, loadConfiguration } from '#/config/load-configuration.ts';
import type { Problem } from '#/config/problem.ts';
import { migrate } from '#/db/migrate.ts';
import { openDatabase } from '#/db/open-database.ts';
import type { Services } from '#/domain/services.ts';
import { openTrustStore, type TrustStore } from '#/platform/certificates/trust-store.ts';
import { systemClock } from '#/platform/clock.ts';
import { type ConnectedEventBus, createEventBus, type PlatformEvent } from '#/platform/events.ts';
import { createLogger, type Logger } from '#/platform/logger.ts';
import { createMailer } from '#/platform/mailer.ts';
import { createOutboundHttp } from '#/platform/outbound-http.ts';
import { createPasswordHasher } from '#/platform/password-hasher.ts';
import { createRedisEvents, type RedisEvents } from '#/platform/redis-events.ts';
import { createSecretBox } from '#/platform/secret-box.ts';
import { openStorage } from '#/storage/open-storage.ts';
import { certificateDirectories } from './certificate-directories.ts';
import { readClientCertificate } from './client-certificate.ts';
import { type ConfigurationFollower, followDirectory } from './configuration/follow-configuration.ts';
import { createNodeDirectory, type NodeDirectory } from './configuration/node-directory.ts';
import { createLiveConfiguration, type LiveConfiguration } from './live-configuration.ts';
import { domainSettings, mailerSettings, outboundSettings, redisTarget } from './settings.ts';

export interface Directories {
  /** Absolute. */
  readonly dataDirectory: string;
  /** `--config DIR`; undefined for the usual search. */
  readonly configDirectory: string | undefined;
}

export interface OpenedServices {
  readonly services: Services;
  /** As it was read at the start. */
  readonly configuration: Configuration;
  /** What `services` follow. */
  readonly live: LiveConfiguration;
  /** Where it lies, and what brings `live` up to it. */
  readonly node: { readonly directory: NodeDirectory; readonly follower: ConfigurationFollower };
  readonly warnings: readonly Problem[];
  /** Absolute path of the directory of the configuration. */
  readonly directory: string;
  /** What TLS connections to other services trust. */
  readonly trust: TrustStore;
  /** A configuration was written by this call. */
  readonly firstStart: boolean;
  /** The bus of `services`, for what other processes tell. */
  readonly events: ConnectedEventBus;
  close(): Promise<void>;
}

/** How this process takes part in events between processes. */
export type EventRole =
  /** Tells other nodes, for commands that end soon. */
  | { readonly kind: 'command' }
  /** Tells other nodes and hears of them, for the one process of a node that does so. */
  | { readonly kind: 'node' }
  /** Tells the process that does so. */
  | { readonly kind: 'child'; readonly forward: (event: PlatformEvent) => void };

/** Reads the configuration of these directories; throws what loadConfiguration throws. */
export async function readConfiguration({
  dataDirectory,
  configDirectory,
}: Directories): Promise<LoadedConfiguration> {
  await mkdir(dataDirectory, { recursive: true });
  return await loadConfiguration({
    dataDirectory,
    env: process.env,
    ...(configDirectory === undefined ? {} : { directory: configDirectory }),
  });
}

/**
 * Reads the configuration, unless it is given, and opens what the domain stands on; the schema is brought up to date. Throws what
 * loadConfiguration, openDatabase, migrate and openStorage throw, with nothing left open.
 */
export async function openServices(
  directories: Directories,
  options: {
    readonly logger?: Logger;
    readonly loaded?: LoadedConfiguration;
    readonly eventRole?: EventRole;
  } = {},
): Promise<OpenedServices> {
  const { configuration, warnings, firstStart, directory } =
    options.loaded ?? (await readConfiguration(directories));
  const logger = options.logger ?? createLogger({ level: 'warn' });
  const trust = await openTrustStore(certificateDirectories(directory, process.env), {
    clock: systemClock,
    logger,
  });
  const database = await openDatabase({
    uri: configuration.database.uri,
    connectionArgs: configuration.database.connectionArguments,
    pooling: configuration.database.connectionPooling,
    replicaUris: configuration.database.readReplicas,
    dataDirectory: directories.dataDirectory,
    logger,
  });
  try {
    await migrate(database);
    const storage = await openStorage(storageLocations(configuration));
    const passwordHasher = createPasswordHasher();
    const nodeId = randomUUID();
    const { events, redis } = openEvents(
      configuration,
      options.eventRole ?? { kind: 'command' },
      nodeId,
      logger,
    );
    const live = createLiveConfiguration(configuration);
    const mailer = (current: Configuration): Pick<Services, 'mailer'> => {
      const mail = mailerSettings(current);
      return mail === undefined ? {} : { mailer: createMailer(mail, logger) };
    };
    const certificate = await readClientCertificate(configuration, directory);
    const services: { -readonly [Name in keyof Services]: Services[Name] } = {
      database,
      storage,
      clock: systemClock,
      logger,
      events,
      secretBox: createSecretBox(configuration.secrets.databaseSecretKey),
      passwordHasher,
      ...mailer(configuration),
      outbound: createOutboundHttp(
        live.derive((current) => ({
          ...outboundSettings(current),
          ...(certificate === undefined ? {} : { certificate }),
        })),
      ),
      settings: live.derive(domainSettings),
      nodeId,
    };
    live.onChange((current) => {
      delete services.mailer;
      Object.assign(services, mailer(current));
    });
    const nodeDirectory = createNodeDirectory(directory, directories.dataDirectory);
    const follower = followDirectory(services, live, nodeDirectory);
    return {
      services,
      configuration,
      live,
      node: { directory: nodeDirectory, follower },
      warnings,
      directory,
      trust,
      firstStart,
      events,
      async close() {
        trust.close();
        await redis?.close();
        await passwordHasher.close();
        await storage.close();
        await database.close();
      },
    };
  } catch (error) {
    trust.close();
    await database.close();
    throw error;
  }
}

function openEvents(
  { redis }: Configuration,
  role: EventRole,
  nodeId: string,
  logger: Logger,
): { readonly events: ConnectedEventBus; readonly redis?: RedisEvents } {
  if (role.kind === 'child') return { events: createEventBus(role.forward) };
  const target = redisTarget(redis.userEvents);
  if (target === undefined) return { events: createEventBus() };
  const channel = createRedisEvents(target, {
    nodeId,
    logger,
    ...(role.kind === 'node' ? { onEvent: (event: PlatformEvent) => events.deliver(event) } : {}),
  });
  const events = createEventBus((event) => channel.publish(event));
  return { events, redis: channel };
}

/** Preferred locations first, then the rest, which can still be read. */
function storageLocations({ storage }: Configuration) {
  const preferred = storage.preference.flatMap((id) => storage.locations.filter(({ name }) => name === id));
  return [...preferred, ...storage.locations.filter((location) => !preferred.includes(location))];
}
