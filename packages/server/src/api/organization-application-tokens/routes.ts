import type { ApiRoute } from '#/api/api-route.ts';
import { createOrganizationApplicationToken } from '#/api/organization-application-tokens/create-organization-application-token.ts';
import { deleteOrganizationApplicationToken } from '#/api/organization-application-tokens/delete-organization-application-token.ts';
import { listOrganizationApplicationTokens } from '#/api/organization-application-tokens/list-organization-application-tokens.ts';

/** Bearer tokens that administrators make for applications of their organization. */
export const organizationApplicationTokenRoutes: readonly ApiRoute[] = [
  listOrganizationApplicationTokens,
  createOrganizationApplicationToken,
  deleteOrganizationApplicationToken,
];
