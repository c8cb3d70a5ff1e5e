import { createStorage } from '#/storage/create-storage.ts';
import { StorageError } from '#/storage/driver.ts';
import { storageDrivers } from '#/storage/drivers/index.ts';
import type { Storage, StorageLocation } from '#/storage/storage.ts';

/** One entry of `DISTRIBUTED_STORAGE_CONFIG`. */
export interface StorageLocationParameters {
  readonly name: string;
  readonly engine: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** Opens every location, given in order of preference; throws StorageError `invalid` that names the location at fault. */
export async function openStorage(locations: readonly StorageLocationParameters[]): Promise<Storage> {
  const opened: StorageLocation[] = [];
  try {
    for (const { name, engine, parameters } of locations) {
      opened.push({ name, driver: await openDriver(name, engine, parameters) });
    }
    return createStorage(opened);
  } catch (error) {
    await Promise.allSettled(opened.map((location) => location.driver.close()));
    throw error;
  }
}

async function openDriver(
  location: string,
  engine: string,
  parameters: Readonly<Record<string, unknown>>,
): Promise<StorageLocation['driver']> {
  const definition = storageDrivers.find((candidate) => candidate.name === engine);
  if (definition === undefined) {
    const known = storageDrivers.map((candidate) => candidate.name).join(', ');
    throw new StorageError(
      'invalid',
      `location "${location}": there is no storage engine "${engine}"; known are ${known}`,
    );
  }
  try {
    return await definition.open(parameters);
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    throw new StorageError(error.kind, `location "${location}": ${error.message}`, error);
  }
}
