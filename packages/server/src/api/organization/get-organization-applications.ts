import { z } from 'zod';
import { organizationAdmin } from '#/api/access.ts';
import { apiRoute, noBody } from '#/api/api-route.ts';
import { applicationViewSchema, applicationViews } from '#/api/organization/application-view.ts';
import { listOauthApplications } from '#/domain/tokens/index.ts';

/** REST reference 9.5. */
export const getOrganizationApplications = apiRoute({
  operationId: 'getOrganizationApplications',
  method: 'GET',
  path: '/organization/:orgname/applications',
  group: 'organization',
  resource: 'endpoints.api.organization.OrganizationApplications',
  summary: 'Lists the OAuth applications of an organization.',
  status: 200,
  access: organizationAdmin,
  request: { params: z.object({ orgname: z.string() }), query: z.unknown(), body: noBody },
  response: z.object({ applications: z.array(applicationViewSchema) }),
  async handle({ granted }, services) {
    const applications = await listOauthApplications(services.domain, granted.organization.id);
    return { applications: await applicationViews(services, granted, applications) };
  },
});
