import type { ApiRoute } from '#/api/api-route.ts';
import {
  getConfigurationArchive,
  startNewConfiguration,
  uploadConfigurationArchive,
} from '#/api/superuser/configuration/configuration-archive.ts';
import {
  configurationFileExists,
  updateConfigurationFile,
} from '#/api/superuser/configuration/configuration-file.ts';
import {
  diffConfigurationVersions,
  getStoredConfiguration,
  listConfigurationVersions,
  rollBackConfiguration,
} from '#/api/superuser/configuration/configuration-versions.ts';
import { createInitialSuperuser } from '#/api/superuser/configuration/create-initial-superuser.ts';
import { registryStatus } from '#/api/superuser/configuration/registry-status.ts';
import { setUpDatabase } from '#/api/superuser/configuration/set-up-database.ts';
import { shutDown } from '#/api/superuser/configuration/shut-down.ts';
import { updateConfiguration } from '#/api/superuser/configuration/update-configuration.ts';
import { validateConfiguration } from '#/api/superuser/configuration/validate-configuration.ts';

/** The configuration and its versions, and the first steps of a new registry. */
export const configurationRoutes: readonly ApiRoute[] = [
  registryStatus,
  updateConfiguration,
  validateConfiguration,
  setUpDatabase,
  createInitialSuperuser,
  configurationFileExists,
  updateConfigurationFile,
  shutDown,
  getConfigurationArchive,
  uploadConfigurationArchive,
  startNewConfiguration,
  getStoredConfiguration,
  listConfigurationVersions,
  diffConfigurationVersions,
  rollBackConfiguration,
];
