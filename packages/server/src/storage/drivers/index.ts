import type { StorageDriverDefinition } from '#/storage/define-driver.ts';
import { localStorage } from './local.ts';
import { openshiftStorage, radosGatewayStorage, s3Storage } from './s3.ts';

/** Every engine that a location can use. */
export const storageDrivers: readonly StorageDriverDefinition[] = [
  localStorage,
  s3Storage,
  radosGatewayStorage,
  openshiftStorage,
];
