import type { ApiRoute } from '#/api/api-route.ts';
import { createOrganizationPrototypePermission } from '#/api/prototype/create-organization-prototype-permission.ts';
import { deleteOrganizationPrototypePermission } from '#/api/prototype/delete-organization-prototype-permission.ts';
import { getOrganizationPrototypePermissions } from '#/api/prototype/get-organization-prototype-permissions.ts';
import { updateOrganizationPrototypePermission } from '#/api/prototype/update-organization-prototype-permission.ts';

/** Default permissions of organizations. */
export const prototypeRoutes: readonly ApiRoute[] = [
  getOrganizationPrototypePermissions,
  createOrganizationPrototypePermission,
  updateOrganizationPrototypePermission,
  deleteOrganizationPrototypePermission,
];
