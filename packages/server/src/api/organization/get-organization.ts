import { z } from 'zod';
import { apiRoute, noBody } from '#/api/api-route.ts';
import { anyOfOrganization } from '#/api/organization/organization-access.ts';
import { organizationView, organizationViewSchema } from '#/api/organization/organization-view.ts';

/** An organization as the caller may see it (REST reference 9.3). */
export const getOrganization = apiRoute({
  operationId: 'getOrganization',
  method: 'GET',
  path: '/organization/:orgname',
  group: 'organization',
  resource: 'endpoints.api.organization.Organization',
  summary: 'Tells what the caller may know of an organization.',
  status: 200,
  access: anyOfOrganization,
  request: { params: z.object({ orgname: z.string() }), query: z.unknown(), body: noBody },
  response: organizationViewSchema,
  handle: async ({ granted }, services) => organizationView(services, granted),
});
