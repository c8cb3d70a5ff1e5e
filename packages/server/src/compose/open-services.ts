import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import type { Configuration } from '#/config/configuration.ts';
import { loadConfiguration } from '#/config/load-configuration.ts';
import type { Problem } from '#/config/problem.ts';
import { migrate } from '#/db/migrate.ts';
import { openDatabase } from '#/db/open-database.ts';
import type { Services } from '#/domain/services.ts';
import { systemClock } from '#/platform/clock.ts';
import { createEventBus } from '#/platform/events.ts';
import { createLogger, type Logger } from '#/platform/logger.ts';
import { createPasswordHasher } from '#/platform/password-hasher.ts';
import { createSecretBox } from '#/platform/secret-box.ts';
import { openStorage } from '#/storage/open-storage.ts';
import { domainSettings } from './settings.ts';

export interface Directories {
  /** Absolute. */
  readonly dataDirectory: string;
  /** `--config DIR`; undefined for the usual search. */
  readonly configDirectory: string | undefined;
}

export interface OpenedServices {
  readonly services: Services;
  readonly configuration: Configuration;
  readonly warnings: readonly Problem[];
  /** A configuration was written by this call. */
  readonly firstStart: boolean;
  close(): Promise<void>;
}

/**
 * Reads the configuration and opens what the domain stands on; the schema is brought up to date. Throws what
 * loadConfiguration, openDatabase, migrate and openStorage throw, with nothing left open.
 */
export async function openServices(
  { dataDirectory, configDirectory }: Directories,
  options: { readonly logger?: Logger } = {},
): Promise<OpenedServices> {
  await mkdir(dataDirectory, { recursive: true });
  const { configuration, warnings, firstStart } = await loadConfiguration({
    dataDirectory,
    env: process.env,
    ...(configDirectory === undefined ? {} : { directory: configDirectory }),
  });
  const logger = options.logger ?? createLogger({ level: 'warn' });
  const database = await openDatabase({
    uri: configuration.database.uri,
    connectionArgs: configuration.database.connectionArguments,
    pooling: configuration.database.connectionPooling,
    dataDirectory,
    logger,
  });
  try {
    await migrate(database);
    const storage = await openStorage(storageLocations(configuration));
    const passwordHasher = createPasswordHasher();
    const services: Services = {
      database,
      storage,
      clock: systemClock,
      logger,
      events: createEventBus(),
      secretBox: createSecretBox(configuration.secrets.databaseSecretKey),
      passwordHasher,
      settings: domainSettings(configuration),
      nodeId: randomUUID(),
    };
    return {
      services,
      configuration,
      warnings,
      firstStart,
      async close() {
        await passwordHasher.close();
        await storage.close();
        await database.close();
      },
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** Preferred locations first, then the rest, which can still be read. */
function storageLocations({ storage }: Configuration) {
  const preferred = storage.preference.flatMap((id) => storage.locations.filter(({ name }) => name === id));
  return [...preferred, ...storage.locations.filter((location) => !preferred.includes(location))];
}
