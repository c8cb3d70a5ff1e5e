import type { ApiRoute } from '#/api/api-route.ts';
import { changeOrganizationDetails } from '#/api/organization/change-organization-details.ts';
import { createOrganization } from '#/api/organization/create-organization.ts';
import { createOrganizationApplication } from '#/api/organization/create-organization-application.ts';
import { deleteAdminedOrganization } from '#/api/organization/delete-admined-organization.ts';
import { deleteOrganizationApplication } from '#/api/organization/delete-organization-application.ts';
import { getApplicationInformation } from '#/api/organization/get-application-information.ts';
import { getOrganization } from '#/api/organization/get-organization.ts';
import { getOrganizationApplication } from '#/api/organization/get-organization-application.ts';
import { getOrganizationApplications } from '#/api/organization/get-organization-applications.ts';
import { getOrganizationCollaborators } from '#/api/organization/get-organization-collaborators.ts';
import { getOrganizationMember } from '#/api/organization/get-organization-member.ts';
import { getOrganizationMembers } from '#/api/organization/get-organization-members.ts';
import { getOrganizationPrivateAllowed } from '#/api/organization/get-organization-private-allowed.ts';
import { removeOrganizationMember } from '#/api/organization/remove-organization-member.ts';
import { resetOrganizationApplicationClientSecret } from '#/api/organization/reset-organization-application-client-secret.ts';
import { updateOrganizationApplication } from '#/api/organization/update-organization-application.ts';

/** Organizations, their members and their OAuth applications. */
export const organizationRoutes: readonly ApiRoute[] = [
  getApplicationInformation,
  createOrganization,
  getOrganization,
  changeOrganizationDetails,
  deleteAdminedOrganization,
  getOrganizationPrivateAllowed,
  getOrganizationCollaborators,
  getOrganizationMembers,
  getOrganizationMember,
  removeOrganizationMember,
  getOrganizationApplications,
  createOrganizationApplication,
  getOrganizationApplication,
  updateOrganizationApplication,
  deleteOrganizationApplication,
  resetOrganizationApplicationClientSecret,
];
