import type { ApiRoute } from '#/api/api-route.ts';
import { approveServiceKey } from '#/api/superuser/approve-service-key.ts';
import { changeInstallUser } from '#/api/superuser/change-install-user.ts';
import { changeOrganization } from '#/api/superuser/change-organization.ts';
import { createInstallUser } from '#/api/superuser/create-install-user.ts';
import { createServiceKey } from '#/api/superuser/create-service-key.ts';
import {
  deleteCustomCertificate,
  getCustomCertificates,
  uploadCustomCertificate,
} from '#/api/superuser/custom-certificates.ts';
import { deleteInstallUser } from '#/api/superuser/delete-install-user.ts';
import { deleteOrganization } from '#/api/superuser/delete-organization.ts';
import { getChangeLog } from '#/api/superuser/get-change-log.ts';
import { getInstallUser } from '#/api/superuser/get-install-user.ts';
import { getRunningConfiguration } from '#/api/superuser/get-running-configuration.ts';
import { listAllAppTokens } from '#/api/superuser/list-all-app-tokens.ts';
import { listAllOrganizations } from '#/api/superuser/list-all-organizations.ts';
import { listAllUsers } from '#/api/superuser/list-all-users.ts';
import { listServiceKeys } from '#/api/superuser/list-service-keys.ts';
import { getRegistrySize, queueRegistrySizeCalculation } from '#/api/superuser/registry-size.ts';
import { sendInstallUserRecoveryEmail } from '#/api/superuser/send-install-user-recovery-email.ts';
import { deleteServiceKey, getServiceKey, updateServiceKey } from '#/api/superuser/service-key.ts';
import { takeOwnership } from '#/api/superuser/take-ownership.ts';

/** What superusers do with people, organizations, service keys and the registry as a whole; logs are in their own group. */
export const superuserRoutes: readonly ApiRoute[] = [
  listAllUsers,
  createInstallUser,
  getInstallUser,
  changeInstallUser,
  deleteInstallUser,
  sendInstallUserRecoveryEmail,
  takeOwnership,
  listAllOrganizations,
  changeOrganization,
  deleteOrganization,
  getChangeLog,
  getRegistrySize,
  queueRegistrySizeCalculation,
  listAllAppTokens,
  getRunningConfiguration,
  listServiceKeys,
  createServiceKey,
  getServiceKey,
  updateServiceKey,
  deleteServiceKey,
  approveServiceKey,
  getCustomCertificates,
  uploadCustomCertificate,
  deleteCustomCertificate,
];
