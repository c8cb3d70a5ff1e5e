import { z } from 'zod';
import { organizationAdmin } from '#/api/access.ts';
import { apiRoute, noBody } from '#/api/api-route.ts';
import { applicationViewSchema, applicationViews } from '#/api/organization/application-view.ts';
import { getOauthApplication } from '#/domain/tokens/index.ts';

/** REST reference 9.5. */
export const getOrganizationApplication = apiRoute({
  operationId: 'getOrganizationApplication',
  method: 'GET',
  path: '/organization/:orgname/applications/:client_id',
  group: 'organization',
  resource: 'endpoints.api.organization.OrganizationApplicationResource',
  summary: 'Describes an OAuth application of an organization.',
  status: 200,
  access: organizationAdmin,
  request: {
    params: z.object({ orgname: z.string(), client_id: z.string() }),
    query: z.unknown(),
    body: noBody,
  },
  response: applicationViewSchema,
  async handle({ params, granted }, services) {
    const application = await getOauthApplication(services.domain, granted.organization.id, params.client_id);
    const [view] = await applicationViews(services, granted, [application]);
    return view;
  },
});
